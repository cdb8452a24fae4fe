"use strict";

const TEXTS = {
    en: {
        label: "Token, as printed where the server was started",
        button: "Sign in",
        wrong: "That is not this server's token.",
        wait: "Too many wrong tokens came from your address; try again later.",
    },
    zh: {
        label: "令牌（启动服务器时打印在终端中）",
        button: "登录",
        wrong: "令牌不正确。",
        wait: "您的地址尝试次数过多，请稍后再试。",
    },
};

const language = navigator.language.startsWith("zh") ? "zh" : "en";
const texts = TEXTS[language];
document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = texts[element.dataset.text];
}

const failed = new URLSearchParams(location.search).get("failed");
if (failed !== null) {
    const sentence = document.getElementById("failed");
    sentence.textContent = texts[failed === "wait" ? "wait" : "wrong"];
    sentence.hidden = false;
}

// The address that is printed at start carries the token behind '#', which browsers never send.
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given !== null && failed === null) {
    document.getElementById("token").value = given;
    history.replaceState(null, "", location.pathname + location.search);
    document.querySelector("form").requestSubmit();
}
