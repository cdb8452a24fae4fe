"""The SQLite file that the index of results is in: its schema, and how it is opened."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_VERSION = 1
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS results (key BLOB PRIMARY KEY, record BLOB NOT NULL,"
    " seconds REAL NOT NULL, size INTEGER NOT NULL, worth REAL NOT NULL, used INTEGER NOT NULL)"
    " WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS held ON results (worth, size) WHERE size > 0",
    "CREATE TABLE IF NOT EXISTS thrown_out (id INTEGER PRIMARY KEY, worth REAL NOT NULL)",
    "INSERT OR IGNORE INTO thrown_out VALUES (0, 0)",
    f"PRAGMA user_version = {_VERSION}",
)
_PATIENCE = 0.2
"""Seconds to wait for another process that writes."""


class NewerIndexError(Exception):
    """The table was made by a later version."""


def identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another one of the same name."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def connect(path: Path) -> sqlite3.Connection:
    """Open the table, and make it if there is none.

    Raises:
        NewerIndexError: A later version made it.
        sqlite3.Error: It is damaged, or cannot be opened.
    """
    database = sqlite3.connect(
        path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        _prepare(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise NewerIndexError(f"{path} was made by a newer version")
    database.execute("PRAGMA synchronous = NORMAL")
    if version < _VERSION:
        database.execute("PRAGMA journal_mode = WAL")
        for statement in _SCHEMA:
            database.execute(statement)
