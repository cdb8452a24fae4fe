"""The OpenAPI 3.1 document, written from the declared routes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

from web.declared.schemas import Schemas

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.workflow import Json
    from web.declared.route import Route

_PATTERN = re.compile(r"{(\w+):[^}]*}")
_ERROR: dict[str, Json] = {
    "type": "object",
    "description": "What went wrong, and where in a workflow.",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "type": {"type": "string"},
                "message": {"type": "string"},
                "details": {"type": "string"},
                "extra_info": {"type": "object"},
            },
            "required": ["type", "message", "details", "extra_info"],
        },
        "node_errors": {"type": "object"},
    },
    "required": ["error", "node_errors"],
}


def document(routes: Iterable[Route], version: str) -> dict[str, Json]:
    """Return the document of some routes."""
    schemas = Schemas()
    schemas.components["Error"] = _ERROR
    paths: dict[str, dict[str, Json]] = {}
    for route in routes:
        path = _PATTERN.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Safelight",
            "version": version,
            "description": "Every path is served below /api as well.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {**paths},
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _operation(route: Route, schemas: Schemas) -> dict[str, Json]:
    operation: dict[str, Json] = {
        "summary": route.summary,
        "operationId": getattr(route.handler, "__name__", route.path),
        "parameters": [*_parameters(route, schemas)],
        "responses": {**_responses(route, schemas)},
    }
    if "body" in route.hints:
        body: Any = route.hints["body"]
        optional = type(None) in get_args(body)
        content: dict[str, Json] = {"application/json": {"schema": schemas.of(body)}}
        operation["requestBody"] = {"required": not optional, "content": content}
    elif route.takes:
        operation["requestBody"] = {"content": {route.takes: {"schema": _sent(route.takes)}}}
    return operation


def _parameters(route: Route, schemas: Schemas) -> Iterable[dict[str, Json]]:
    for name in route.places:
        schema = schemas.of(route.hints.get(name, str))
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    if "query" in route.hints:
        for name, schema, must in schemas.fields(route.hints["query"]):
            shown = dict(schema)
            about = shown.pop("description", None)
            described: Mapping[str, Json] = {"description": about} if about else {}
            yield {"name": name, "in": "query", "required": must, "schema": shown, **described}


def _responses(route: Route, schemas: Schemas) -> dict[str, Json]:
    schema = schemas.of(route.hints.get("return")) if route.media == "application/json" else {}
    empty = route.hints.get("return") is type(None)
    content: dict[str, Json] = {} if empty else {"content": {route.media: {"schema": schema}}}
    wrong: Json = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    found: dict[str, Json] = {"200": {"description": "Done.", **content}}
    for status, meaning in sorted(route.errors.items()):
        found[str(status)] = {"description": f"{meaning[0].upper()}{meaning[1:]}."}
        if status >= 400:
            found[str(status)] = {**_as_dict(found[str(status)]), "content": wrong}
    found["default"] = {"description": "Something is wrong with the request.", "content": wrong}
    return found


def _as_dict(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _sent(media: str) -> dict[str, Json]:
    return {"type": "object"} if media.startswith("multipart/") else {}
