"""Carries what was committed from SQLite's log into the database, apart from those who commit.

Copying waits for the disk, which can take seconds on a busy one; a commit does not.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_LOOK_EVERY: Final = 100
"""Transactions between two looks at the size of the log."""
_ENOUGH: Final = 4 * 2**20
"""Bytes of log that are worth copying."""
_TOO_MUCH: Final = 64 * 2**20
"""Bytes at which writers have to wait until it can begin anew."""


class Checkpoints:
    """A thread that copies when there is enough to copy.

    Args:
        path: The database.
        writer: The connection that writes; it will not copy by itself any more.
        writing: Held by whoever writes.
    """

    def __init__(self, path: Path, writer: sqlite3.Connection, writing: Lock) -> None:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        # Otherwise the log would stay as long as it ever was.
        writer.execute(f"PRAGMA journal_size_limit = {_ENOUGH // 2}")
        self._path = path
        self._writing = writing
        self._log = path.with_name(path.name + "-wal")
        self._writes = 0
        self._closing = False
        self._due = Event()
        self._thread = Thread(target=self._copy_when_due, name="queue checkpoints", daemon=True)
        self._thread.start()

    def wrote(self) -> None:
        """Note a transaction."""
        self._writes += 1
        if self._writes % _LOOK_EVERY == 0 and self._size() > _ENOUGH:
            self._due.set()

    def close(self) -> None:
        """Stop; whoever closes the last connection copies the rest. Nobody may hold the lock."""
        self._closing = True
        self._due.set()
        self._thread.join()

    def _size(self) -> int:
        try:
            return self._log.stat().st_size
        except OSError:
            return 0

    def _copy_when_due(self) -> None:
        database = sqlite3.connect(self._path, isolation_level=None)
        try:
            while self._due.wait() and not self._closing:
                self._due.clear()
                _copy(database)
                # The log begins anew when all is copied. Those who write all the time prevent that.
                if self._size() > _TOO_MUCH:
                    with self._writing:
                        _copy(database)
        finally:
            database.close()


def _copy(database: sqlite3.Connection) -> None:
    # A full disk, say: the log keeps everything, and there is a next time.
    with suppress(sqlite3.Error):
        database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
