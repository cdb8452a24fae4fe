"""Values that came from outside to values of declared types, every complaint collected.

Understood are `str`, `int`, `float`, `bool`, `None`, `Literal`, `list[…]`, `dict[str, …]`, unions,
dataclasses, and `object` for any JSON. `Annotated` adds a `Range` or a `Doc`. A reader is made once
for each route, so that a request costs a few calls.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

Complain: TypeAlias = Callable[[str], None]
Reader: TypeAlias = Callable[[object, str, Complain], object]


@dataclasses.dataclass(frozen=True, slots=True)
class Doc:
    """What a field means, for `Annotated`."""

    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Range:
    """The least and the greatest number that will do, or length of a text, for `Annotated`."""

    least: float | None = None
    most: float | None = None


_PLAIN: dict[object, tuple[tuple[type, ...], str]] = {
    str: ((str,), "text"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    bool: ((bool,), "true or false"),
    type(None): ((type(None),), "null"),
}
_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off", ""})


def json_reader(hint: Any) -> Reader:  # noqa: ANN401 - a type, whatever its form
    """Return what reads a parsed JSON value as a type."""
    make = _GENERIC.get(get_origin(hint))
    if make is not None:
        return make(get_args(hint))
    if hint in _PLAIN:
        return _plain(*_PLAIN[hint])
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _record(hint, json_reader)
    if hint is object:
        return _anything
    raise TypeError(f"{hint!r} cannot be declared as input")


def text_reader(hint: Any) -> Reader:  # noqa: ANN401 - a type, whatever its form
    """Return what reads text, as queries and forms hold it, as a type."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(text_reader(parts[0]), parts[1:])
    if origin in (Union, types.UnionType):
        return text_reader(next(part for part in parts if part is not type(None)))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _record(hint, text_reader)
    if hint is bool:
        return _flag
    if hint in (int, float):
        return _number(hint)
    return json_reader(hint)


def needed(field: dataclasses.Field[Any]) -> bool:
    """Whether a dataclass's field must be given."""
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def show(value: object) -> str:
    """Say in few words what came."""
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _anything(value: object, _where: str, _complain: Complain) -> object:
    return value


def _plain(accepted: tuple[type, ...], name: str) -> Reader:
    truth = bool in accepted

    def read(value: object, where: str, complain: Complain) -> object:
        if not isinstance(value, accepted) or (isinstance(value, bool) and not truth):
            complain(f"{where} must be {name}, not {show(value)}")
        return value

    return read


def _literal(allowed: tuple[object, ...]) -> Reader:
    named = " or ".join(map(str, allowed))

    def read(value: object, where: str, complain: Complain) -> object:
        if not any(value == option and type(value) is type(option) for option in allowed):
            complain(f"{where} must be {named}, not {show(value)}")
        return value

    return read


def _union(parts: tuple[Any, ...]) -> Reader:
    readers = [json_reader(part) for part in parts]

    def read(value: object, where: str, complain: Complain) -> object:
        complaints: list[str] = []
        for reader in readers:
            complaints.clear()
            result = reader(value, where, complaints.append)
            if not complaints:
                return result
        first: list[str] = []
        readers[0](value, where, first.append)
        for complaint in first:
            complain(complaint)
        return value

    return read


def _list(item: Reader) -> Reader:
    def read(value: object, where: str, complain: Complain) -> object:
        if not isinstance(value, list):
            complain(f"{where} must be a list, not {show(value)}")
            return value
        return [item(one, f"{where}[{index}]", complain) for index, one in enumerate(value)]

    return read


def _mapping(item: Reader) -> Reader:
    def read(value: object, where: str, complain: Complain) -> object:
        if not isinstance(value, dict):
            complain(f"{where} must be an object, not {show(value)}")
            return value
        if item is _anything:
            return value
        return {key: item(one, f"{where}.{key}", complain) for key, one in value.items()}

    return read


def _record(kind: type, reader_of: Callable[[Any], Reader]) -> Reader:
    """Read a dataclass. What it has no field for is left alone: clients are of many versions."""
    hints = get_type_hints(kind, include_extras=True)
    fields = [
        (field.name, reader_of(hints[field.name]), needed(field))
        for field in dataclasses.fields(kind)
    ]

    def read(value: object, where: str, complain: Complain) -> object:
        if not isinstance(value, Mapping):
            complain(f"{where} must be an object, not {show(value)}")
            return value
        found: dict[str, object] = {}
        complaints: list[str] = []
        for name, reader, must in fields:
            if name in value:
                found[name] = reader(value[name], f"'{name}'", complaints.append)
            elif must:
                complaints.append(f"'{name}' is missing")
        for complaint in complaints:
            complain(complaint)
        return value if complaints else kind(**found)

    return read


def _annotated(reader: Reader, notes: tuple[object, ...]) -> Reader:
    limits = next((note for note in notes if isinstance(note, Range)), None)
    if limits is None:
        return reader

    def read(value: object, where: str, complain: Complain) -> object:
        result = reader(value, where, complain)
        size = len(result) if isinstance(result, str) else result
        if isinstance(size, int | float):
            unit = " characters" if isinstance(result, str) else ""
            if limits.least is not None and not size >= limits.least:
                complain(f"{where} must be at least {limits.least:g}{unit}, not {size:g}")
            if limits.most is not None and not size <= limits.most:
                complain(f"{where} must be at most {limits.most:g}{unit}, not {size:g}")
        return result

    return read


def _flag(value: object, where: str, complain: Complain) -> object:
    text = str(value).lower()
    if text not in _TRUE and text not in _FALSE:
        complain(f"{where} must be true or false, not {show(value)}")
    return text in _TRUE


def _number(kind: type[int | float]) -> Reader:
    name = _PLAIN[kind][1]

    def read(value: object, where: str, complain: Complain) -> object:
        try:
            return kind(str(value))
        except ValueError:
            complain(f"{where} must be {name}, not {show(value)}")
            return value

    return read


_GENERIC: dict[object, Callable[[tuple[Any, ...]], Reader]] = {
    Annotated: lambda parts: _annotated(json_reader(parts[0]), parts[1:]),
    Literal: _literal,
    Union: _union,
    types.UnionType: _union,
    list: lambda parts: _list(json_reader(parts[0])),
    dict: lambda parts: _mapping(json_reader(parts[1])),
}
