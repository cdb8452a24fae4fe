"""Values to answers: JSON that every browser reads, and bytes that are encoded once."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Final

from aiohttp import web

if TYPE_CHECKING:
    from graph.workflow import Json


# `json.dumps` makes a new encoder each time that it is not asked for its defaults.
_write: Final = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def encode(value: object) -> bytes:
    """Write JSON. NaN and infinity, which JSON does not know, become null.

    Raises:
        TypeError: Something in it is no JSON.
    """
    try:
        text = _write(value)
    except ValueError:
        text = _write(_finite(value))
    return text.encode()


def json_answer(value: object, status: int = 200) -> web.Response:
    """Answer with JSON."""
    return web.Response(status=status, body=encode(value), content_type="application/json")


def empty_answer(status: int = 200) -> web.Response:
    """Answer that it was done."""
    return web.Response(status=status)


def _finite(value: object) -> Json:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"{type(value).__name__} is no JSON")
