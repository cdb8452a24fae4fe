"""The last lines of the log, for the editor's log panel."""

from __future__ import annotations

import logging
from collections import deque
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 1_000
_LONGEST = 10_000


class LogEntry(TypedDict):
    """When, in ISO 8601, and what."""

    t: str
    m: str


def _nobody() -> None:
    """Stands where nobody listens."""


class LogBook:
    """Remembers the last lines; may be written to from any thread."""

    def __init__(self) -> None:
        self._entries: deque[LogEntry] = deque(maxlen=_MOST)
        self._count = 0
        self._lock = Lock()
        self._bell: Callable[[], None] = _nobody
        self.listeners: set[str] = set()
        """Ids of the clients that want to hear of new lines at once."""

    def write(self, text: str) -> None:
        """Add a line."""
        when = datetime.now().astimezone().isoformat(timespec="milliseconds")
        with self._lock:
            self._entries.append({"t": when, "m": text[:_LONGEST]})
            self._count += 1
        if self.listeners:
            self._bell()

    def attach(self, bell: Callable[[], None]) -> None:
        """Have something rung, in any thread, when there are new lines that somebody wants."""
        self._bell = bell

    def since(self, count: int) -> tuple[int, list[LogEntry]]:
        """Return how many lines there have been, and those after so many that are still kept."""
        with self._lock:
            new = min(self._count - count, len(self._entries))
            return self._count, list(self._entries)[-new:] if new > 0 else []

    def entries(self) -> list[LogEntry]:
        """Return the last lines, the oldest first."""
        with self._lock:
            return list(self._entries)


class LogBookHandler(logging.Handler):
    """Writes what is logged into a log book."""

    def __init__(self, book: LogBook) -> None:
        super().__init__()
        self._book = book

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, without the traceback, which is for the terminal."""
        self._book.write(f"{record.getMessage()}\n")
