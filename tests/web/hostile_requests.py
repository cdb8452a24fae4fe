"""Requests made of the OpenAPI document: right ones, wrong ones, and nonsense."""

from __future__ import annotations

import json
import random
import string
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.web.files import form, picture
from tests.web.house import TWO, api
from web.application import JOB_ROUTES, ROUTES
from web.declared.openapi import document

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import FormData

STREAMS = frozenset({"/ws", "/events"})
METHODS = ("get", "post", "put", "delete", "patch", "head", "options")
ODD_TEXTS = (
    "",
    "..",
    "../../etc/passwd",
    "%00",
    "\0",
    "\ud800",
    "a" * 5_000,
    "NUL",
    "猫",
    "-1",
    "1e999",
    "null",
    "true",
    "{}",
    "a.png",
    "workflows",
    "checkpoints",
    "'; DROP TABLE jobs; --",
    "${jndi:ldap://x}",
    "<script>",
    "\r\nX: y",
)
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1e308,
    2**70,
    [],
    {},
    [[]],
    {"": None},
    {"__proto__": {}},
    TWO,
    api(a=("Fail", {"value": 1}), b=("Show", {"value": "a:0"})),
    {"a": {"class_type": "Save", "inputs": {"value": {"__value__": [1, 2]}}}},
    {"a": {"class_type": "Save", "inputs": {"value": ["a", 0]}}},
)


class Maker:
    """Makes requests of a document.

    Args:
        seed: The same makes the same.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        spec: dict[str, Any] = document((*ROUTES, *JOB_ROUTES), "1")
        self._schemas: dict[str, Any] = spec["components"]["schemas"]
        self._operations = [
            (path, method, operation)
            for path, operations in spec["paths"].items()
            for method, operation in operations.items()
            if path not in STREAMS
        ]
        self._makers: dict[str, Callable[[dict[str, Any], int], Any]] = {
            "object": self._object,
            "array": lambda schema, depth: [self.value(schema["items"], depth) for _ in range(3)],
            "string": lambda _schema, _depth: self.odd_text(),
            "integer": lambda _schema, _depth: self.random.choice([0, 1, -1, 2**63, -(2**70)]),
            "number": lambda _schema, _depth: self.random.choice([0.5, -1.0, 1e300]),
            "boolean": lambda _schema, _depth: self.chance(0.5),
            "null": lambda _schema, _depth: None,
        }

    def request(self) -> tuple[str, str, dict[str, Any]]:
        """A method, a path with a query, and what else there is."""
        path, method, operation = self.random.choice(self._operations)
        query: dict[str, str] = {}
        for parameter in operation["parameters"]:
            text = self.text(parameter["schema"])
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", _quoted(text) or "x")
            elif parameter["required"] or self.chance(0.5):
                query[parameter["name"]] = text
        content = operation.get("requestBody", {}).get("content", {})
        more: dict[str, Any] = {}
        if "application/json" in content:
            more["data"] = self.body(content["application/json"]["schema"])
        elif "multipart/form-data" in content:
            more["data"] = self._form()
        elif content:
            more["data"] = self.odd_bytes()
        if self.chance(0.1):
            method = self.random.choice(
                ["get", "post", "put", "delete", "patch", "head", "options"]
            )
        prefix = "/api" if self.chance(0.3) else ""
        asked = "&".join(f"{key}={_quoted(value)}" for key, value in query.items())
        return method.upper(), f"{prefix}{path}?{asked}", more

    def _form(self) -> FormData:
        texts = {name: self.odd_text() for name in ("type", "subfolder", "original_ref")}
        sent = {name: text for name, text in texts.items() if self.chance(0.3)}
        # What a header cannot carry, a client cannot send.
        name = "".join(letter for letter in self.odd_text() if letter.isprintable()) or "a.png"
        return form(self.odd_bytes(), name, **{key: _whole(text) for key, text in sent.items()})

    def body(self, schema: dict[str, Any]) -> bytes:
        """A JSON body, or what should be one."""
        if self.chance(0.1):
            return self.odd_bytes()
        text = json.dumps(self.value(schema))
        if self.chance(0.1):
            text = text[: self.random.randrange(len(text) + 1)]
        return text.encode()

    def value(self, schema: dict[str, Any], depth: int = 0) -> Any:  # noqa: ANN401 - JSON
        """A value of a schema, mostly."""
        if self.chance(0.15) or depth > 4:
            return self.random.choice([*ODD_VALUES, *ODD_TEXTS])
        if "$ref" in schema:
            return self.value(self._schemas[schema["$ref"].rpartition("/")[2]], depth)
        if "anyOf" in schema:
            return self.value(self.random.choice(schema["anyOf"]), depth)
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        make = self._makers.get(schema.get("type", ""))
        return make(schema, depth + 1) if make else self.random.choice([*ODD_VALUES, TWO, TWO])

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        if "properties" not in schema:
            inner = schema.get("additionalProperties", {})
            return {self.odd_text(): self.value(inner, depth) for _ in range(2)}
        return {
            name: self.value(inner, depth)
            for name, inner in schema["properties"].items()
            if name in schema["required"] or self.chance(0.6)
        }

    def text(self, schema: dict[str, Any]) -> str:
        """A value as it stands in a path or query."""
        value = self.value(schema)
        return value if isinstance(value, str) else json.dumps(value)

    def odd_text(self) -> str:
        if self.chance(0.5):
            return self.random.choice(ODD_TEXTS)
        letters = string.printable + "ä猫\u202e\ufeff"
        return "".join(self.random.choices(letters, k=self.random.randrange(12)))

    def odd_bytes(self) -> bytes:
        whole = picture()
        cut = whole[: self.random.randrange(len(whole))] + self.random.randbytes(20)
        return self.random.choice([b"", b"{", b"[" * 3_000, whole, cut, self.random.randbytes(300)])

    def chance(self, share: float) -> bool:
        return self.random.random() < share


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
