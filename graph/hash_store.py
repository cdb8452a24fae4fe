"""Content hashes of files in a small SQLite table, which several processes share.

The table is a convenience: where it cannot be opened, read or written, nothing is recalled and
nothing recorded. A damaged one is replaced; one that a newer version made is left alone.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_VERSION = 1
_TABLE = (
    "CREATE TABLE IF NOT EXISTS files"
    " (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, sha256 BLOB) WITHOUT ROWID"
)
_PATIENCE = 0.5
_BESIDE = ("", "-wal", "-shm")


class HashStore:
    """Hashes by path, size and time of last change.

    A connection is opened for each question, so that threads and forks share none.

    Args:
        path: The SQLite file; it and its folder are made when there is something to record.
    """

    def __init__(self, path: Path) -> None:
        self._path: Path | None = path

    def recall(self, path: Path, size: int, mtime_ns: int) -> bytes | None:
        """Return the hash of a file that looks like this, or None."""
        if self._path is None or not self._path.is_file():
            return None
        try:
            with closing(self._open(self._path)) as database:
                row = database.execute(
                    "SELECT sha256 FROM files WHERE path = ? AND size = ? AND mtime_ns = ?",
                    (str(path), size, mtime_ns),
                ).fetchone()
        except (sqlite3.Error, UnicodeError):
            return None
        return row[0] if row and isinstance(row[0], bytes) else None

    def record(self, path: Path, size: int, mtime_ns: int, content: bytes) -> None:
        """Remember the hash of a file."""
        row = (str(path), size, mtime_ns, content)
        try:
            self._write(row)
        except (sqlite3.OperationalError, OSError, UnicodeError):
            self._path = None  # read-only, locked, full, or made by a newer version
        except sqlite3.DatabaseError:
            self._replace(row)

    def _write(self, row: tuple[str, int, int, bytes]) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open(self._path)) as database, database:
            database.execute("PRAGMA journal_mode = WAL")
            if database.execute("PRAGMA user_version").fetchone()[0] > _VERSION:
                self._path = None
                return
            database.execute(_TABLE)
            database.execute(f"PRAGMA user_version = {_VERSION}")
            database.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", row)

    def _replace(self, row: tuple[str, int, int, bytes]) -> None:
        """Throw a damaged table away and begin anew; nothing is lost but time."""
        try:
            for ending in _BESIDE:
                if self._path is not None:
                    self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
            self._write(row)
        except (sqlite3.Error, OSError):
            self._path = None

    @staticmethod
    def _open(path: Path) -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=_PATIENCE)
