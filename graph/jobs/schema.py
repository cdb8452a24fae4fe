"""The tables of the queue, the history and what is kept beside them, and how older become these.

A job is one small row in `jobs`, which changes as it goes on. What does not change is apart from
it, so that it is written once: what was asked for in `requests`, what came of it in `results`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from graph.jobs.errors import NewerStoreError, StoreError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

Step: TypeAlias = tuple[str, ...]
"""The statements that lead from one version to the next."""

_FIRST: Step = (
    """
    CREATE TABLE jobs (
        serial INTEGER PRIMARY KEY AUTOINCREMENT, -- order of arrival
        id TEXT NOT NULL UNIQUE,
        status TEXT NOT NULL
            CHECK (status IN ('pending', 'running', 'done', 'failed', 'cancelled')),
        number NOT NULL, -- what clients are told; whole or not, as it was given
        place REAL, -- a place in line of its own; without one it waits for its client's turn
        client TEXT NOT NULL, -- empty for none
        workflow TEXT, -- the id that the editor gave the workflow
        created REAL NOT NULL, -- seconds since the epoch, like the next two
        started REAL,
        ended REAL,
        ending INTEGER, -- order of ending
        crashes TEXT NOT NULL DEFAULT '[]' -- JSON: the node of each crash, null where none ran
    )
    """,
    "CREATE INDEX jobs_open ON jobs (status) WHERE status IN ('pending', 'running')",
    "CREATE INDEX jobs_ended ON jobs (ending, status) WHERE ending IS NOT NULL",
    """
    CREATE TABLE requests ( -- all JSON
        serial INTEGER PRIMARY KEY REFERENCES jobs (serial),
        prompt TEXT NOT NULL,
        extra TEXT NOT NULL,
        targets TEXT, -- NULL for all output nodes
        outputs TEXT NOT NULL -- ids of output nodes that were found fit to run
    )
    """,
    """
    CREATE TABLE results ( -- all JSON
        serial INTEGER PRIMARY KEY REFERENCES jobs (serial),
        nodes TEXT NOT NULL,
        outputs TEXT NOT NULL,
        error TEXT,
        problems TEXT NOT NULL,
        warnings TEXT NOT NULL
    )
    """,
    # When each client last had its turn; one that is not here goes first.
    "CREATE TABLE turns (client TEXT PRIMARY KEY, turn INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)

_SECOND: Step = (
    """
    CREATE TABLE kept ( -- what else the user must not lose: settings, drafts
        shelf TEXT NOT NULL,
        name TEXT NOT NULL,
        value TEXT NOT NULL, -- JSON
        changed REAL NOT NULL, -- seconds since the epoch
        PRIMARY KEY (shelf, name)
    )
    """,
)

STEPS: Final[tuple[Step, ...]] = (_FIRST, _SECOND)
"""From nothing to version 1, from 1 to 2, …; what was published never changes."""


def migrate(database: sqlite3.Connection, path: Path, steps: Sequence[Step] = STEPS) -> None:
    """Bring a database to the present version, each step whole or not at all.

    Args:
        database: In autocommit mode.
        path: What errors call it.
        steps: The present version is how many they are.

    Raises:
        NewerStoreError: It is of a later version.
        StoreError: It is the database of something else.
        sqlite3.Error: It is damaged, locked, …
    """
    version: int = database.execute("PRAGMA user_version").fetchone()[0]
    if version > len(steps):
        raise NewerStoreError(
            f"the queue's database {path} was made by a newer version of Safelight"
            f" (its format is {version}, this one knows {len(steps)});"
            " use that version, or another folder with --user-directory"
        )
    if version == 0 and database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise StoreError(
            f"{path} is not a queue of Safelight's but the database of something else;"
            " move it away, or choose another folder with --user-directory"
        )
    for number, step in enumerate(steps[version:], version + 1):
        database.execute("BEGIN IMMEDIATE")
        try:
            for statement in step:
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {number}")
            database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise
