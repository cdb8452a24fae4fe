"""SQLite's errors as ours: what is wrong with the database, and what to do about it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from graph.jobs.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreReadOnlyError,
)

if TYPE_CHECKING:
    from pathlib import Path

_PRIMARY: Final = 0xFF
"""The part of SQLite's result codes that says what happened; the rest says where."""
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_READ_ONLY = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH})


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY


def busy(error: sqlite3.Error) -> bool:
    """Whether another process holds the lock."""
    return _code(error) in _BUSY


def damaged(error: sqlite3.Error) -> bool:
    """Whether the file is no sound database."""
    return _code(error) in _DAMAGED


def interrupted(error: sqlite3.Error) -> bool:
    """Whether we stopped SQLite ourselves."""
    return _code(error) == sqlite3.SQLITE_INTERRUPT


def store_error(error: sqlite3.Error, path: Path) -> StoreError:
    """Return what SQLite raised as one of our errors."""
    code = _code(error)
    if code in _BUSY:
        return StoreBusyError(
            f"the queue's database {path} is locked by another process;"
            " close whatever has it open, then try again"
        )
    if code == sqlite3.SQLITE_FULL:
        return StoreFullError(
            f"the queue's database {path} cannot grow: the disk is full; make room, then try again"
        )
    if code in _READ_ONLY:
        return StoreReadOnlyError(
            f"the queue's database {path} is read-only;"
            " allow writing to it and its folder, or choose another with --user-directory"
        )
    if code in _DAMAGED:
        return StoreDamagedError(
            f"the queue's database {path} is damaged ({error});"
            " restart to go on with a fresh one, this one will be kept beside it"
        )
    return StoreError(f"the queue's database {path} cannot be used: {error}; see to its disk")
