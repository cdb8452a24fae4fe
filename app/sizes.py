"""Numbers of bytes for people."""

from __future__ import annotations

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def size(count: int | None) -> str:
    """Write a number of bytes with a decimal unit: `41.4 MB`; `?` when it is not known."""
    if count is None:
        return "?"
    value, unit = float(count), 0
    while value >= 999.95 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit else f"{count} bytes"
