"""Opens the queue's database: makes it, brings it up to date, sets a damaged one aside."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, Final

from graph.jobs.faults import damaged, interrupted, store_error
from graph.jobs.schema import migrate
from graph.jobs.table import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CHECKING: Final = 0.3
"""Seconds that looking for damage may take; a large database is looked at in part."""
_PATIENCE_MS: Final = 2000
"""How long to wait for another process when opening, in milliseconds."""


def open_database(path: Path, warn: Callable[[str], None]) -> sqlite3.Connection:
    """Open the database for writing; whoever calls this owns it.

    Args:
        path: The file; made, with its folder, if there is none.
        warn: Told in one sentence if a damaged database was set aside.

    Returns:
        A connection in autocommit mode that threads may share under a lock.

    Raises:
        StoreError: It is newer, something else, locked, read-only, …
    """
    try:
        try:
            return _open(path)
        except sqlite3.Error as error:
            if not damaged(error):
                raise
            aside = set_aside(path)
            warn(
                f"the queue's database was damaged ({error});"
                f" it is kept as {aside}, and a fresh one was begun"
            )
            return _open(path)
    except sqlite3.Error as error:
        raise store_error(error, path) from error


def open_beside(path: Path) -> sqlite3.Connection:
    """Open one more connection to a database, which may read and not write."""
    database = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    database.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
    return database


def set_aside(path: Path) -> Path:
    """Rename a database and what belongs to it, so that a fresh one can be begun; return whither.

    Raises:
        OSError: It cannot be renamed.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    count = 1
    while aside.exists():
        count += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{count}")
    # The log first: were it left behind, it would be taken for the fresh database's.
    for ending in ("-wal", "-shm", ""):
        source = path.with_name(path.name + ending)
        if source.exists():
            source.rename(aside.with_name(aside.name + ending))
    return aside


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        database.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
        _look_for_damage(database)
        migrate(database, path)
        load(database)  # what the queue needs first has to be sound, however large the rest is
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        # Where it cannot be written is to be known now, and not when the first job comes.
        database.execute("BEGIN IMMEDIATE")
        database.execute("ROLLBACK")
        database.execute("PRAGMA busy_timeout = 0")
    except BaseException:
        database.close()
        raise
    return database


def _look_for_damage(database: sqlite3.Connection) -> None:
    until = time.monotonic() + _CHECKING
    database.set_progress_handler(lambda: time.monotonic() > until, 10_000)
    try:
        finding = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if not interrupted(error):
            raise
        finding = "ok"
    finally:
        database.set_progress_handler(None, 0)
    if finding != "ok":
        found = sqlite3.DatabaseError(finding)
        found.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise found
