"""Numbers of bytes for people, who count in thousands."""

from __future__ import annotations

import re

_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_SIZE = re.compile(r"(?P<number>\d{1,15}(?:\.\d*)?)\s*(?:(?P<unit>[kmgt]?)b?)", re.IGNORECASE)


def size(count: int | None) -> str:
    """Write a number of bytes with a decimal unit: `41.4 MB`; `?` when it is not known."""
    if count is None:
        return "?"
    value, unit = float(count), 0
    while value >= 999.95 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit else f"{count} bytes"


def parse_size(text: str) -> int:
    """Read a number of bytes: `10G`, `1.5 GB`, `500M`, `0`.

    Raises:
        ValueError: It is none.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no size; write 10G, 500M or 0, for instance")
    return int(float(match["number"]) * 1000 ** "bkmgt".index((match["unit"] or "b").lower()))
