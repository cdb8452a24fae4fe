"""Typed-in values made what their field holds, or refused with what would be right.

JSON knows one kind of number and scripts write `"8"` for 8, so what is meant is taken; what could
mean several things is not.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from graph.errors import MissingFileError, UnsafePathError
from graph.sockets import Boolean, Combo, Float, Foreign, InputFile, Int, ModelFile, Socket, String
from graph.suggest import closest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from graph.folders import Folders
    from graph.sockets import Kind

_MOST_SHOWN = 12
_LONGEST_SHOWN = 60


class WrongValueError(Exception):
    """A value does not fit its field. The arguments are those of `Problem`."""

    def __init__(self, type_: str, expected: str, got: object, remedy: str = "") -> None:
        super().__init__(type_, expected, got, remedy)
        self.type = type_
        self.expected = expected
        self.got = show(got)
        self.remedy = remedy


def coerce(kind: Kind, value: Any, folders: Folders, *, ranged: bool = True) -> object:  # noqa: ANN401 - any JSON value
    """Return the value as its field holds it; files are looked at by `locate`.

    Args:
        kind: The field.
        value: What was typed in.
        folders: Where options that are files are looked up.
        ranged: Whether it must be in the field's range, or one of its options.

    Raises:
        WrongValueError: It does not fit.
    """
    match kind:
        case Int() | Float():
            number = _int(value) if isinstance(kind, Int) else _float(value)
            return _ranged(kind, number) if ranged else number
        case String() | ModelFile() | InputFile():
            return _string(value)
        case Boolean():
            return _boolean(value)
        case Combo():
            return _option(kind.options(folders), value) if ranged else value
        case Foreign():
            return _foreign(kind, value, ranged=ranged)
        case Socket():
            return value


def locate(kind: ModelFile | InputFile, name: str, folders: Folders, *, outside: bool) -> Path:
    """Return the file that a field names.

    Raises:
        WrongValueError: There is no such file, or the name leads elsewhere.
    """
    try:
        if isinstance(kind, ModelFile):
            return kind.path(folders, name)
        return folders.input_path(kind.annotated(name), outside=outside)
    except (MissingFileError, UnsafePathError) as error:
        place = (
            f"the {kind.place} folder" if isinstance(kind, InputFile) else f"models/{kind.folder}"
        )
        known = kind.options(folders)
        remedy = _did_you_mean(name, known) or f"put the file into {place}"
        if isinstance(error, UnsafePathError):
            remedy = "names may not lead out of the folder"
        expected = f"the name of a file in {place}"
        # ComfyUI's nodes look for input files themselves; only models are on a list.
        listed = isinstance(kind, ModelFile)
        type_ = "value_not_in_list" if listed else "custom_validation_failed"
        raise WrongValueError(type_, expected, name, remedy) from error


def named_beside(kind: Kind, value: object, folders: Folders) -> Mapping[str, Path]:
    """Return the files that a value names beside its own, by what messages call them.

    Args:
        kind: The field.
        value: As the field holds it; None where it comes by a link.
        folders: Where the files are.
    """
    if not isinstance(kind, String | ModelFile) or kind.reads is None:
        return {}
    return kind.reads(folders, None if value is None else str(value))


def show(value: object) -> str:
    """Return a value as sentences show it: short, and with its quotes."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # numbers of thousands of digits; lists of lists of lists…
        return f"something too large to show ({type(value).__name__})"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _int(value: object) -> int:
    try:
        if isinstance(value, str | int | float):
            return int(value)
    except (ValueError, OverflowError):
        pass
    raise WrongValueError("invalid_input_type", "a whole number (INT)", value)


def _float(value: object) -> float:
    try:
        if isinstance(value, str | int | float) and math.isfinite(number := float(value)):
            return number
    except (ValueError, OverflowError):
        pass
    raise WrongValueError("invalid_input_type", "a number (FLOAT)", value)


def _ranged(kind: Int | Float | Foreign, number: Any) -> object:  # noqa: ANN401 - int for Int, float for Float
    low, high = kind.min, kind.max
    below = low is not None and number < low
    if not below and (high is None or number <= high):
        return number
    is_whole = isinstance(number, int) and not isinstance(low, float)
    what, form = ("a whole number", "d") if is_whole else ("a number", "g")
    least = "" if low is None else format(low, form)
    most = "" if high is None else format(high, form)
    if least and most:
        between = f"{what} from {least} to {most}"
    else:
        between = f"{what} of at least {least}" if least else f"{what} of at most {most}"
    if below:
        raise WrongValueError("value_smaller_than_min", between, number, f"the smallest is {least}")
    raise WrongValueError("value_bigger_than_max", between, number, f"the largest is {most}")


def _string(value: object) -> str:
    if isinstance(value, list | dict) or value is None:
        raise WrongValueError("invalid_input_type", "text (STRING)", value)
    return value if isinstance(value, str) else str(value)


def _text(value: object) -> str:
    try:
        return str(value)
    except (ValueError, RecursionError):
        raise WrongValueError("invalid_input_type", "text (STRING)", value) from None


def _boolean(value: object) -> bool:
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if isinstance(value, bool | int | float):
        return bool(value)
    raise WrongValueError("invalid_input_type", "true or false (BOOLEAN)", value)


def _foreign(kind: Foreign, value: Any, *, ranged: bool) -> object:  # noqa: ANN401 - any JSON value
    convert = _CONVERSIONS.get(kind.name)
    if convert is not None:
        value = convert(value)
    if not ranged:
        return value
    if kind.choices is not None:
        for item in value if kind.several and isinstance(value, list) else (value,):
            _option(kind.choices, item)
        return value
    return _ranged(kind, value) if isinstance(value, int | float) else value


_CONVERSIONS: Mapping[str, Callable[[object], object]] = {
    "INT": _int,
    "FLOAT": _float,
    "STRING": _text,
    "BOOLEAN": _boolean,
}


def _option(options: Sequence[object], value: object) -> object:
    if value in options:
        return value
    listed = ", ".join(map(str, options[:_MOST_SHOWN])) + (
        ", …" if len(options) > _MOST_SHOWN else ""
    )
    expected = f"one of {listed}" if listed else "one of the options, of which there are none"
    names = [option for option in options if isinstance(option, str)]
    raise WrongValueError("value_not_in_list", expected, value, _did_you_mean(value, names))


def _did_you_mean(value: object, known: Sequence[str]) -> str:
    found = closest(value, known) if isinstance(value, str) else None
    return f"did you mean '{found}'?" if found else ""
