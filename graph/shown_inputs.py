"""What a node was given, in few words: for whoever is told that it failed.

A list for each input, since one link may bring several items. Numbers and short texts stay what
they are; of anything large there is its kind, never its data. No code of a node pack is called.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from graph.result import Blocked, Items

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.checked import CheckedNode

Word: TypeAlias = "str | int | float | bool | None"

_LONGEST: Final = 300
"""Characters of one value."""
_MOST: Final = 100
"""Inputs that are shown of one node."""
_ITEMS: Final = 8
"""Items that are shown of one input."""
_PARTS: Final = 4
"""Parts that are shown of a list or mapping in a value, and how deep."""
_WHOLES: Final = (list, tuple, set, frozenset, dict)


def show_inputs(node: CheckedNode, linked: Mapping[str, object]) -> dict[str, list[Word]]:
    """Say what a node was given, without what the engine fills in.

    Args:
        node: Its typed-in values.
        linked: What its links bring, by input.
    """
    given: dict[str, object] = {**node.constants, **(node.given or {}), **linked}
    return {name[:_LONGEST]: _items(value) for name, value in islice(given.items(), _MOST)}


def _items(value: object) -> list[Word]:
    items = list(islice(value, _ITEMS)) if isinstance(value, Items) else [value]
    shown = [_word(item) for item in items]
    if isinstance(value, Items) and len(value) > _ITEMS:
        shown.append(f"and {len(value) - _ITEMS} more")
    return shown


def _word(value: object) -> Word:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if isinstance(value, int):
        # JSON's readers know no larger ones.
        return value if -(2**63) <= value < 2**64 else _cut(hex(value))
    return _cut(value if isinstance(value, str) else _text(value, _PARTS))


def _text(value: object, depth: int) -> str:
    """Say anything; text only as far as it will be shown."""
    kind = type(value)
    match value:
        case None | bool() | int() | float():
            return str(_word(value))
        case str():
            return repr(str(value[:_LONGEST]))
        case bytes() | bytearray():
            return f"{len(value)} bytes"
        case Blocked():
            return "blocked"
    return _parts(value, depth - 1) if depth and kind in _WHOLES else _kind(value, kind)


def _parts(value: Any, depth: int) -> str:  # noqa: ANN401 - of several parts
    """Say a list or mapping of Python's own, whose parts can be had without a pack's code."""
    rest = ["…"] if len(value) > _PARTS else []
    if isinstance(value, dict):
        some = islice(value.items(), _PARTS)
        pairs = [f"{_text(key, 0)}: {_text(part, depth)}" for key, part in some]
        return f"{{{', '.join(pairs + rest)}}}"
    parts = [_text(part, depth) for part in islice(value, _PARTS)]
    return f"[{', '.join(parts + rest)}]"


def _kind(value: object, kind: type[object]) -> str:
    """A thing's class, and the shape and type of numbers of what has them, as tensors do."""
    name = kind.__qualname__ if kind.__module__ == "builtins" else _full_name(kind)
    try:
        shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
        if dtype is None or not isinstance(shape, tuple):
            return name
        sizes = ", ".join(str(int(size)) for size in shape[:16])
        return f"{kind.__name__} [{sizes}] {str(dtype).removeprefix('torch.')}"
    except Exception:  # noqa: BLE001 - the border to packs: asking for a shape may run their code
        return name


def _full_name(kind: type[object]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
