"""What packs declare, made plain JSON: an editor is sent it, whatever it is made of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.workflow import Json

_LARGEST = 1.7976931348623157e308
_DEEPEST = 32


def as_json(value: object, depth: int = _DEEPEST) -> Json:  # noqa: PLR0911 - one for each form
    """Return a value as JSON can hold it; what has no form of its own becomes text."""
    match value:
        case None | bool():
            return value
        case str():
            return str.__str__(value)
        case int() | Integral():
            return int(value)
        case float() | Real():
            return _finite(float(value))
        case Mapping() if depth:
            return {str(key): as_json(item, depth - 1) for key, item in value.items()}
        case list() | tuple() | set() | frozenset() if depth:
            return [as_json(item, depth - 1) for item in value]
        case _:
            return str(value)


def options_of(kind: object) -> tuple[object, ...] | None:
    """Return the options that stand in place of a type; None where a type stands there."""
    if isinstance(kind, str | type) or not isinstance(kind, Iterable):
        return None
    return tuple(kind)


def _finite(number: float) -> Json:
    """Browsers know no infinity."""
    if math.isnan(number):
        return None
    return number if math.isfinite(number) else math.copysign(_LARGEST, number)
