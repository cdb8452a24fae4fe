"""Declared types as JSON Schema (draft 2020-12), which is what OpenAPI 3.1 speaks."""

from __future__ import annotations

import dataclasses
import types
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from web.declared.readers import Doc, Range, needed

if TYPE_CHECKING:
    from graph.workflow import Json

_PLAIN: dict[object, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


class Schemas:
    """Turns types into schemas; dataclasses and typed dicts become shared components."""

    def __init__(self) -> None:
        self.components: dict[str, Json] = {}

    def of(self, hint: Any) -> dict[str, Json]:  # noqa: ANN401 - a type, whatever its form
        """Return the schema of a type; one that takes anything for a type that says nothing."""
        origin, parts = get_origin(hint), get_args(hint)
        if hint in _PLAIN:
            return {"type": _PLAIN[hint]}
        if origin is not None:
            return self._generic(origin, parts)
        if isinstance(hint, type) and (dataclasses.is_dataclass(hint) or is_typeddict(hint)):
            return self._component(hint)
        return {}

    def fields(self, kind: type) -> list[tuple[str, dict[str, Json], bool]]:
        """Return name, schema and whether it must be given, of each field."""
        hints = get_type_hints(kind, include_extras=True)
        if is_typeddict(kind):
            required: frozenset[str] = getattr(kind, "__required_keys__", frozenset())
            return [(name, self.of(hint), name in required) for name, hint in hints.items()]
        return [
            (field.name, {**self.of(hints[field.name]), **_default(field)}, needed(field))
            for field in dataclasses.fields(kind)
        ]

    def _generic(self, origin: object, parts: tuple[Any, ...]) -> dict[str, Json]:
        found: dict[str, Json] = {}
        if origin is Annotated:
            found = {**self.of(parts[0]), **_notes(parts)}
        elif origin is Literal:
            found = {"enum": list(parts)}
        elif origin in (Union, types.UnionType):
            found = {"anyOf": [self.of(part) for part in parts]}
        elif origin is list:
            found = {"type": "array", "items": self.of(parts[0])}
        elif origin is dict:
            found = {"type": "object", "additionalProperties": self.of(parts[1])}
        return found

    def _component(self, kind: type) -> dict[str, Json]:
        name = kind.__name__.lstrip("_")
        if name not in self.components:
            self.components[name] = {}  # known from here on, for types that hold themselves
            fields = self.fields(kind)
            self.components[name] = {
                "type": "object",
                "description": (kind.__doc__ or "").partition("\n")[0],
                "properties": {field: schema for field, schema, _ in fields},
                "required": [field for field, _, must in fields if must],
            }
        return {"$ref": f"#/components/schemas/{name}"}


def _notes(parts: tuple[Any, ...]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for note in parts[1:]:
        if isinstance(note, Doc):
            found["description"] = note.text
        if isinstance(note, Range):
            names = ("minLength", "maxLength") if parts[0] is str else ("minimum", "maximum")
            limits = zip(names, (note.least, note.most), strict=True)
            found |= {name: limit for name, limit in limits if limit is not None}
    return found


def _default(field: dataclasses.Field[Any]) -> dict[str, Json]:
    default = field.default
    return {"default": default} if isinstance(default, bool | int | float | str) else {}
