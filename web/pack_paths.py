"""Which of the routes that node packs add is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TypeAlias

Known: TypeAlias = Callable[[], Collection[tuple[str, str]]]
"""Answers which methods and paths packs answer, `{name}` standing for anything without a slash."""

_PLACE = re.compile(r"{(\w+)(?::([^{}]*))?}")


class PackPaths:
    """Finds routes of packs.

    Args:
        known: Which there are.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self._patterns: dict[str, re.Pattern[str]] = {}

    def find(self, asked: str) -> tuple[str, list[str]]:
        """Return the path by which packs know what is asked for, and the methods they answer."""
        below = asked.removeprefix("/api") if asked.startswith("/api/") else asked
        for path in dict.fromkeys((asked, below)):
            matching = [method for method, pattern in self._known() if self._fits(pattern, path)]
            if matching:
                return path, matching
        return asked, []

    def _fits(self, pattern: str, path: str) -> bool:
        if pattern not in self._patterns:
            self._patterns[pattern] = _compiled(pattern)
        return self._patterns[pattern].fullmatch(path) is not None


def _compiled(pattern: str) -> re.Pattern[str]:
    """Make a regular expression of a path as aiohttp writes it."""
    parts: list[str] = []
    end = 0
    for place in _PLACE.finditer(pattern):
        parts += [re.escape(pattern[end : place.start()]), f"(?:{place[2] or '[^/]+'})"]
        end = place.end()
    try:
        return re.compile("".join([*parts, re.escape(pattern[end:])]))
    except re.error:
        return re.compile(re.escape(pattern))
