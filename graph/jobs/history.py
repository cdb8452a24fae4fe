"""What is known of jobs, of the ended ones above all: listed, looked up, deleted.

Reading sees what is committed and disturbs nobody. Every method may raise `StoreError`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from graph.jobs.coding import RECORD_COLUMNS, ROW_COLUMNS, decode_record, decode_row
from graph.jobs.record import ENDED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from graph.jobs.record import JobRecord, JobRow, JobStatus
    from graph.jobs.store import Store

_ROWS: Final = f"SELECT {ROW_COLUMNS} FROM jobs"  # noqa: S608 - names of our own
_RECORDS: Final = (
    f"SELECT {RECORD_COLUMNS} FROM jobs"  # noqa: S608 - names of our own
    " JOIN requests USING (serial) LEFT JOIN results USING (serial)"
)
_COUNT: Final = "SELECT count(*) FROM jobs"
_CHOSEN: Final = (
    "WHERE jobs.status IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR workflow = ?2)"
)
_ONLY_ENDED: Final = "AND jobs.ending IS NOT NULL"
"""Lets SQLite go by the order of ending."""
_BEGUN: Final = "AND (jobs.started IS NOT NULL OR jobs.status <> 'cancelled')"
_NAMED: Final = "WHERE jobs.id IN (SELECT value FROM json_each(?))"
_ORDER: Final = {
    "ended": "ORDER BY jobs.ending",
    "created": "ORDER BY jobs.serial",
    "seconds": "ORDER BY jobs.ended - jobs.started",
}
_FORGET: Final = (
    "DELETE FROM requests WHERE serial IN (SELECT serial FROM unwanted)",
    "DELETE FROM results WHERE serial IN (SELECT serial FROM unwanted)",
    "DELETE FROM jobs WHERE serial IN (SELECT serial FROM unwanted)",
    "DROP TABLE unwanted",
)
_ALL_UNWANTED: Final = (
    "CREATE TEMP TABLE unwanted AS SELECT serial FROM jobs WHERE ending IS NOT NULL"
)
_SOME_UNWANTED: Final = f"{_ALL_UNWANTED} AND id IN (SELECT value FROM json_each(?))"  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which jobs, and in which order.

    Attributes:
        statuses: How far they are; the ended ones by default.
        workflow: The id that the editor gave their workflow; any by default.
        begun: Whether to leave out those that were taken back before they began.
        sort: By end, by arrival, or by how long they ran.
        newest_first: Whether the last, or longest, comes first.
        offset: How many to leave out at the start.
        most: How many to list; all by default.
    """

    statuses: Sequence[JobStatus] = ENDED
    workflow: str | None = None
    begun: bool = False
    sort: Literal["ended", "created", "seconds"] = "ended"
    newest_first: bool = True
    offset: int = 0
    most: int | None = None


class History:
    """Jobs in a database.

    Args:
        store: The database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def rows(self, choice: Choice) -> list[JobRow]:
        """Return how jobs went."""
        return [decode_row(row) for row in self._ask(_ROWS, choice)]

    def records(self, choice: Choice) -> list[JobRecord]:
        """Return all that is known of jobs."""
        return [decode_record(row) for row in self._ask(_RECORDS, choice)]

    def count(self, choice: Choice) -> int:
        """Return how many jobs there are, of all pages together."""
        found: int = self._ask(_COUNT, choice, paged=False)[0][0]
        return found

    def get(self, job_id: str) -> JobRecord | None:
        """Return all that is known of a job, also while it waits or runs; None if unknown."""
        found = self.get_all([job_id])
        return found[0] if found else None

    def get_all(self, job_ids: Sequence[str]) -> list[JobRecord]:
        """Return all that is known of jobs, in the order asked for, without unknown ones."""
        question = f"{_RECORDS} {_NAMED}"
        wanted = json.dumps(job_ids)
        rows = self._store.read(lambda db: db.execute(question, (wanted,)).fetchall())
        found = {record.row.id: record for record in map(decode_record, rows)}
        return [found[job_id] for job_id in job_ids if job_id in found]

    def delete(self, job_ids: Iterable[str]) -> int:
        """Forget jobs that have ended; answers how many. Others are left alone."""
        wanted = json.dumps([*job_ids])
        return self._store.write(lambda db: _forget(db, _SOME_UNWANTED, wanted))

    def clear(self) -> int:
        """Forget all jobs that have ended; answers how many."""
        return self._store.write(lambda db: _forget(db, _ALL_UNWANTED))

    def _ask(self, question: str, choice: Choice, *, paged: bool = True) -> list[tuple[Any, ...]]:
        parts = [question, _CHOSEN]
        values: list[object] = [json.dumps([*choice.statuses]), choice.workflow]
        if set(choice.statuses) <= set(ENDED):
            parts.append(_ONLY_ENDED)
        if choice.begun:
            parts.append(_BEGUN)
        if paged:
            parts += [_ORDER[choice.sort], "DESC" if choice.newest_first else "ASC"]
            parts.append("LIMIT ?3 OFFSET ?4")
            values += [-1 if choice.most is None else max(choice.most, 0), max(choice.offset, 0)]
        asked = " ".join(parts)
        return self._store.read(lambda db: db.execute(asked, values).fetchall())


def _forget(database: sqlite3.Connection, choose: str, *values: str) -> int:
    # Chosen once, so that what is deleted from one table is what is deleted from the others.
    database.execute(choose, values)
    forgotten: int = database.execute("SELECT count(*) FROM unwanted").fetchone()[0]
    for statement in _FORGET:
        database.execute(statement)
    return forgotten
