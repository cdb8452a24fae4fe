"""Notices that files came or went, by the times of the folders that hold them."""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_MANY = 20_000


class FolderWatch:
    """Watches folders and those in them; may be asked from any thread.

    Asking costs one look at each folder; files are not looked at.

    Args:
        roots: The folders; they need not exist.
    """

    def __init__(self, roots: Iterable[Path]) -> None:
        self._roots = [str(root) for root in roots]
        self._seen: dict[str, int] = {}
        self._version = 0
        self._lock = Lock()

    def version(self) -> int:
        """Return a number that is another one when something came or went."""
        with self._lock:
            if not self._seen or any(_time(path) != time for path, time in self._seen.items()):
                self._seen = self._look()
                self._version += 1
            return self._version

    def _look(self) -> dict[str, int]:
        found: dict[str, int] = {}
        real: set[str] = set()
        todo = list(self._roots)
        while todo and len(found) < _MANY:
            path = todo.pop()
            # The time is taken before the look, so that what comes meanwhile is noticed later.
            found[path] = _time(path)
            target = os.path.realpath(path)
            if target not in real:
                real.add(target)
                todo += _folders_in(path)
        return found


def _folders_in(path: str) -> list[str]:
    try:
        with os.scandir(path) as entries:
            return [entry.path for entry in entries if entry.is_dir()]
    except OSError:
        return []


def _time(path: str) -> int:
    """When names in a folder last changed, in nanoseconds; −1 if it is not there."""
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - asked often
    except (OSError, ValueError):
        return -1
