"""Who is let in: by name of the host, by origin, by token."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from aiohttp import WSServerHandshakeError, web

from tests.web.house import house_in, served
from tests.web.serving import error_of, running, services_in
from web.declared.route import post
from web.guards.hosts import Hosts
from web.guards.security import Security
from web.guards.throttle import FREE, LONGEST, Throttle
from web.guards.tokens import COOKIE, COOKIE_SECONDS, Doorkeeper
from web.sign_in_routes import local

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "a-token-for-tests"


@post("/change")
async def change(_request: web.Request) -> dict[str, bool]:
    """Change something."""
    return {"changed": True}


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost", True),
        ("LocalHost:8188", True),
        ("127.0.0.1:1", True),
        ("[::1]:8188", True),
        ("safe.example:80", True),
        ("192.168.1.5:8188", False),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost:8188@evil.example", False),
        ("localhost:99999999", False),
        ("localhost evil", False),
        ("", False),
    ],
)
def test_a_host_is_known_or_refused(host: str, allowed: bool) -> None:
    assert Hosts.of(("Safe.Example",)).allow(host) is allowed


def test_beyond_this_machine_an_address_cannot_lie_and_a_name_can() -> None:
    hosts = Hosts.of(any_address=True)
    assert hosts.allow("192.168.1.5:8188")
    assert hosts.allow("[fe80::1]:8188")
    assert not hosts.allow("rebound.example:8188")


async def test_a_server_asked_for_under_a_strange_name_refuses(tmp_path: Path) -> None:
    async with running(services_in(tmp_path), [change]) as client:
        for host in ("evil.example", "evil.example:8188"):
            answer = await client.get("/openapi.json", headers={"Host": host})
            assert answer.status == 403
            assert (await error_of(answer))["type"] == "host_not_allowed"
        assert (await client.get("/nothing", headers={"Host": "evil.example"})).status == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://{host}"}, 200),
        ({"Origin": "HTTP://{host}"}, 200),
        ({"Origin": "http://{host}", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Origin": "http://{host}.evil.example"}, 403),
        ({"Origin": "http://user@{host}"}, 403),
        ({"Origin": "http://{host}/path"}, 403),
        ({"Origin": "file://"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://{host}", "Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
async def test_only_pages_of_this_server_and_programs_may_change_things(
    tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    async with running(services_in(tmp_path), [change]) as client:
        host = f"127.0.0.1:{client.port}"
        sent = {name: value.format(host=host) for name, value in headers.items()}
        answer = await client.post("/change", headers=sent)
        assert answer.status == status
        if status != 200:
            assert (await error_of(answer))["type"] == "origin_not_allowed"


async def test_a_page_of_another_site_may_follow_a_link_and_open_no_socket(tmp_path: Path) -> None:
    async with running(services_in(tmp_path)) as client:
        strange = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
        assert (await client.get("/docs", headers=strange)).status == 200
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", **strange}
        assert (await client.get("/docs", headers=upgrade)).status == 403


async def test_every_answer_tells_browsers_to_run_nothing_strange(tmp_path: Path) -> None:
    async with running(services_in(tmp_path), [change]) as client:
        for path in ("/docs", "/nothing", "/pages/docs.js"):
            headers = (await client.get(path)).headers
            policy = headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"


async def test_a_token_is_asked_for_everywhere_but_on_the_way_to_it(tmp_path: Path) -> None:
    services = services_in(tmp_path, security=Security(token=TOKEN))
    async with running(services, [change]) as client:
        for path in ("/openapi.json", "/nothing", "/docs"):
            answer = await client.get(path)
            assert answer.status == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            await error_of(answer)
        assert (await client.post("/change")).status == 401
        for path in ("/sign-in", "/pages/sign_in.js", "/pages/pages.css"):
            assert (await client.get(path)).status == 200
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        assert (await client.post("/change", headers=bearer)).status == 200
        wrong = {"Authorization": "Bearer almost"}
        assert (await client.post("/change", headers=wrong)).status == 401
        basic = {"Authorization": f"Basic {TOKEN}"}
        assert (await client.post("/change", headers=basic)).status == 401


async def test_a_browser_signs_in_once_and_goes_on_where_it_wanted(tmp_path: Path) -> None:
    services = services_in(tmp_path, security=Security(token=TOKEN))
    async with running(services, [change]) as client:
        html = {"Accept": "text/html"}
        sent = await client.get("/docs?a=1", headers=html, allow_redirects=False)
        assert sent.status == 303
        assert sent.headers["Location"] == "/sign-in?next=/docs?a%3D1"
        answer = await client.post(
            sent.headers["Location"], data={"token": TOKEN}, headers=html, allow_redirects=False
        )
        assert answer.status == 303
        assert answer.headers["Location"] == "/docs?a=1"
        cookie = answer.cookies[COOKIE]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
        assert not cookie["secure"]
        assert TOKEN not in cookie.value
        signed_in = {"Cookie": f"{COOKIE}={cookie.value}"}
        assert (await client.get("/docs", headers=signed_in)).status == 200
        assert (await client.post("/change", headers=signed_in)).status == 200
        forged = {"Cookie": f"{COOKIE}=9{cookie.value}"}
        assert (await client.get("/docs", headers=forged)).status == 401


async def test_a_wrong_token_leads_back_to_the_page(tmp_path: Path) -> None:
    services = services_in(tmp_path, security=Security(token=TOKEN))
    async with running(services) as client:
        answer = await client.post(
            "/sign-in?next=/docs",
            data={"token": "wrong"},
            headers={"Accept": "text/html"},
            allow_redirects=False,
        )
        assert answer.headers["Location"] == "/sign-in?failed=wrong&next=/docs"
        assert COOKIE not in answer.cookies
        assert (await client.post("/sign-in", data={"token": "wrong"})).status == 401


async def test_a_cookie_that_travels_by_tls_travels_by_nothing_else(tmp_path: Path) -> None:
    services = services_in(tmp_path, security=Security(token=TOKEN, tls=True))
    async with running(services) as client:
        answer = await client.post("/sign-in", data={"token": TOKEN}, allow_redirects=False)
        assert answer.cookies[COOKIE]["secure"]


async def test_guessing_gets_slow_and_who_has_signed_in_is_not_disturbed(tmp_path: Path) -> None:
    services = services_in(tmp_path, security=Security(token=TOKEN))
    async with running(services, [change]) as client:
        cookie = Doorkeeper(TOKEN).cookie()
        for _ in range(FREE + 1):
            wrong = {"Authorization": "Bearer guess"}
            assert (await client.post("/change", headers=wrong)).status == 401
        right = {"Authorization": f"Bearer {TOKEN}"}
        answer = await client.post("/change", headers=right)
        assert answer.status == 429
        assert int(answer.headers["Retry-After"]) >= 1
        signed_in = {"Cookie": f"{COOKIE}={cookie}"}
        assert (await client.post("/change", headers=signed_in)).status == 200


async def test_guessing_on_the_page_gets_as_slow_as_guessing_in_headers(tmp_path: Path) -> None:
    services = services_in(tmp_path, security=Security(token=TOKEN))
    async with running(services) as client:
        for _ in range(FREE + 1):
            assert (await client.post("/sign-in", data={"token": "guess"})).status == 401
        answer = await client.post("/sign-in", data={"token": TOKEN}, allow_redirects=False)
        assert answer.status == 429
        assert (await error_of(answer))["type"] == "too_many_guesses"
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        assert (await client.get("/features", headers=bearer)).status == 429


async def test_a_socket_needs_the_token_too(tmp_path: Path) -> None:
    with house_in(tmp_path, start=False) as house:
        guarded = replace(house, services=replace(house.services, security=Security(token=TOKEN)))
        async with served(guarded) as client:
            cookie = f"{COOKIE}={Doorkeeper(TOKEN).cookie()}"
            for headers in ({"Authorization": f"Bearer {TOKEN}"}, {"Cookie": cookie}):
                async with client.ws_connect("/ws", headers=headers) as socket:
                    assert (await socket.receive_json())["type"] == "status"
            for headers in ({}, {"Authorization": "Bearer no"}, {"Cookie": f"{COOKIE}={TOKEN}"}):
                with pytest.raises(WSServerHandshakeError) as refused:
                    await client.ws_connect("/ws", headers=headers)
                assert refused.value.status == 401


@pytest.mark.parametrize(
    "body", [b"", b"token", b"\xff\xfe", b"token=%ff", b"[" * 4000, b"x=1&" * 1000]
)
async def test_a_form_that_is_none_is_refused(tmp_path: Path, body: bytes) -> None:
    services = services_in(tmp_path, security=Security(token=TOKEN))
    async with running(services) as client:
        for media in ("application/x-www-form-urlencoded", "application/json"):
            answer = await client.post("/sign-in", data=body, headers={"Content-Type": media})
            assert answer.status in (400, 401)
            await error_of(answer)


class Clock:
    def __init__(self) -> None:
        self.now = 1e6

    def __call__(self) -> float:
        return self.now


def test_each_wrong_guess_beyond_the_free_ones_doubles_the_wait() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(FREE):
        throttle.failed("1.2.3.4")
        assert throttle.wait("1.2.3.4") == 0
    for expected in (2, 4, 8):
        throttle.failed("1.2.3.4")
        assert throttle.wait("1.2.3.4") == expected
    assert throttle.wait("1.2.3.5") == 0
    for _ in range(2000):
        throttle.failed("1.2.3.4")
    assert throttle.wait("1.2.3.4") == LONGEST
    clock.now += 2 * LONGEST + 1
    throttle.failed("1.2.3.4")
    assert throttle.wait("1.2.3.4") == 0


def test_a_right_guess_clears_the_record_and_a_network_of_ipv6_is_one_address() -> None:
    throttle = Throttle(Clock())
    for number in range(FREE + 1):
        throttle.failed(f"2001:db8::{number}")
    assert throttle.wait("2001:db8::ffff") > 0
    assert throttle.wait("2001:db8:0:1::1") == 0
    throttle.succeeded("2001:db8::1")
    assert throttle.wait("2001:db8::ffff") == 0


def test_a_cookie_gets_too_old_and_belongs_to_its_token() -> None:
    clock = Clock()
    doorkeeper = Doorkeeper(TOKEN, clock)
    cookie = doorkeeper.cookie()
    assert doorkeeper.knows_cookie(cookie)
    assert not Doorkeeper("another", clock).knows_cookie(cookie)
    for forged in ("", ".", "9" * 30, cookie + "0", cookie.replace(".", "0."), "é" + cookie):
        assert not doorkeeper.knows_cookie(forged)
    clock.now += COOKIE_SECONDS + 1
    assert not doorkeeper.knows_cookie(cookie)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/a\n",
        "",
        "javascript:1",
        "/\tx",
    ],
)
def test_signing_in_leads_to_no_other_site(target: str) -> None:
    assert local(target) == "/"
    assert local("/view?filename=a.png&x=//y") == "/view?filename=a.png&x=//y"
