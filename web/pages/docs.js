"use strict";

/** Make an element with text and children. */
function make(tag, text = "", className = "", ...children) {
    const element = document.createElement(tag);
    element.textContent = text;
    if (className) element.className = className;
    element.append(...children);
    return element;
}

/** Say a schema in a few words. */
function say(schema) {
    if (!schema || Object.keys(schema).length === 0) return "anything";
    if (schema.$ref) return schema.$ref.split("/").pop();
    if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
    if (schema.anyOf) return schema.anyOf.map(say).join(" | ");
    if (schema.type === "array") return `[${say(schema.items)}]`;
    if (schema.type === "object" && schema.additionalProperties) {
        return `{name: ${say(schema.additionalProperties)}}`;
    }
    return schema.type;
}

function row(...cells) {
    const line = document.createElement("tr");
    for (const cell of cells) line.append(make("td", cell));
    return line;
}

function table(rows) {
    return make("table", "", "", make("tbody", "", "", ...rows));
}

function showOperation(path, method, operation) {
    const title = make("summary", "", "",
        make("code", method.toUpperCase(), "method"), make("code", path),
        make("span", operation.summary, "about"));
    const rows = operation.parameters.map((parameter) => row(
        parameter.name, parameter.in, say(parameter.schema),
        parameter.required ? "required" : JSON.stringify(parameter.schema.default ?? null),
        parameter.description ?? ""));
    for (const [media, content] of Object.entries(operation.requestBody?.content ?? {})) {
        rows.push(row("body", media, say(content.schema), "", ""));
    }
    for (const [status, answer] of Object.entries(operation.responses)) {
        const schemas = Object.values(answer.content ?? {}).map((content) => say(content.schema));
        rows.push(row(status, "answer", schemas.join(" | "), "", answer.description));
    }
    return make("details", "", "", title, table(rows));
}

function showShape(name, schema) {
    const rows = Object.entries(schema.properties ?? {}).map(([field, inner]) => row(
        field, say(inner), (schema.required ?? []).includes(field) ? "required" : "",
        inner.description ?? ""));
    const title = make("summary", "", "", make("code", name),
        make("span", schema.description ?? "", "about"));
    return make("details", "", "", title, table(rows));
}

async function main() {
    const answer = await fetch("/openapi.json");
    const spec = await answer.json();
    const routes = document.getElementById("routes");
    for (const [path, operations] of Object.entries(spec.paths)) {
        for (const [method, operation] of Object.entries(operations)) {
            routes.append(showOperation(path, method, operation));
        }
    }
    const shapes = document.getElementById("shapes");
    for (const [name, schema] of Object.entries(spec.components.schemas)) {
        shapes.append(showShape(name, schema));
    }
}

main();
