"""Reads a value that was typed on a command line as the type of its input asks.

Text is taken as it is. Where the type is not known the value is JSON if it can be, and text if not.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from graph.workflow import Link

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.formats.signatures import InputSignature
    from graph.workflow import Value

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})


def read_value(text: str, item: InputSignature | None) -> Value:
    """Read a value for an input, None for one that is not declared.

    Raises:
        ValueError: It does not fit; the text continues "INPUT of NODE …".
    """
    kind = item.type if item else "*"
    if item is not None and kind == "STRING":
        return text
    text = text.strip()
    link = _link(text)
    if link is not None:
        return link
    if item is not None and item.upload:
        return _file(text)
    return _READERS.get(kind, _linked)(text)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"takes a whole number, not {text!r}") from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"takes a number, not {text!r}") from None


def _boolean(text: str) -> bool:
    if text.casefold() in _TRUE | _FALSE:
        return text.casefold() in _TRUE
    raise ValueError(f"takes true or false, not {text!r}")


def _file(text: str) -> str:
    """Name a file that lies elsewhere by its whole path, which no other folder can change."""
    path = Path(text).expanduser()
    elsewhere = path.is_absolute() or "/" in text or "\\" in text
    return str(path.absolute()) if elsewhere and path.is_file() else text


def _link(text: str) -> Link | None:
    """Read `["4", 0]`, a link as the API format writes it."""
    if not text.startswith("["):
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    match value:
        case [str(node) | int(node), int(slot)]:
            return Link(str(node), slot)
    return None


def _linked(text: str) -> Value:
    raise ValueError(f'is fed by a link; give one as ["NODE", OUTPUT], not {text!r}')


def _any(text: str) -> Value:
    try:
        value: Value = json.loads(text)
    except ValueError:
        return text
    return value


_READERS: dict[str, Callable[[str], Value]] = {
    "INT": _whole,
    "FLOAT": _number,
    "BOOLEAN": _boolean,
    "COMBO": str,
    "*": _any,
}
