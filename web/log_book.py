"""The last lines of the log, for the editor's log panel."""

from __future__ import annotations

import logging
from collections import deque
from datetime import datetime
from threading import Lock
from typing import TypedDict

_MOST = 1_000
_LONGEST = 10_000


class LogEntry(TypedDict):
    """When, in ISO 8601, and what."""

    t: str
    m: str


class LogBook:
    """Remembers the last lines; may be written to from any thread."""

    def __init__(self) -> None:
        self._entries: deque[LogEntry] = deque(maxlen=_MOST)
        self._lock = Lock()
        self.listeners: set[str] = set()
        """Ids of the clients that want to hear of new lines at once."""

    def write(self, text: str) -> None:
        """Add a line."""
        when = datetime.now().astimezone().isoformat(timespec="milliseconds")
        with self._lock:
            self._entries.append({"t": when, "m": text[:_LONGEST]})

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
