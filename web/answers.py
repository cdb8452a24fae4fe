"""Values to answers: JSON that every browser reads, and bytes that are encoded once."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from graph.workflow import Json


def encode(value: object) -> bytes:
    """Write JSON. NaN and infinity, which JSON does not know, become null.

    Raises:
        TypeError: Something in it is no JSON.
    """
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    except ValueError:
        text = json.dumps(_finite(value), allow_nan=False, separators=(",", ":"))
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
