"""What the queue writes, statement by statement. Who calls these holds a transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.backends.protocol import JobRequest
from graph.jobs.coding import decode_crashes, workflow_id
from graph.jobs.errors import DuplicateJobError, UnknownJobError
from graph.jobs.line import Waiting
from graph.jobs.record import JobStatus, Taken

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from graph.jobs.coding import RequestColumns, ResultColumns
    from graph.jobs.record import Crashes, NewJob

_INSERT = (
    "INSERT INTO jobs (serial, id, status, number, place, client, workflow, created)"
    " VALUES (?, ?, 'pending', ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
)
_WAITING = "SELECT serial, id, client, place FROM jobs WHERE status = 'pending'"
_TAKEN = (
    "SELECT prompt, extra, targets, crashes FROM requests JOIN jobs USING (serial) WHERE serial = ?"
)
_STATUS = "SELECT status FROM jobs WHERE id = ?"
_OLD = "SELECT ending FROM jobs WHERE ending IS NOT NULL ORDER BY ending DESC LIMIT 1 OFFSET ?"
_CANCEL = "UPDATE jobs SET status = 'cancelled', ended = ?, ending = ? WHERE serial = ?"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the queue has in memory, as the database has it.

    Attributes:
        waiting: Who waits, in the order of arrival.
        running: Serial numbers and clients of those that run, by id.
        turns: When each client last had its turn, the latest last.
        paused: Whether nothing more is to start.
        serial: The last number that was given to a job.
        ending: The last number that was given to an end.
    """

    waiting: list[Waiting]
    running: dict[str, tuple[int, str]]
    turns: dict[str, int]
    paused: bool
    serial: int
    ending: int


def load(database: sqlite3.Connection) -> Kept:
    """Read what the queue has to know."""
    running = database.execute(
        "SELECT id, serial, client FROM jobs WHERE status = 'running' ORDER BY started, serial"
    )
    paused = database.execute("SELECT value FROM settings WHERE name = 'paused'").fetchone()
    last = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'jobs'").fetchone()
    ending = database.execute("SELECT max(ending) FROM jobs WHERE ending IS NOT NULL").fetchone()
    return Kept(
        waiting=[Waiting(*row) for row in database.execute(f"{_WAITING} ORDER BY serial")],
        running={job_id: (serial, client) for job_id, serial, client in running},
        turns=dict(database.execute("SELECT client, turn FROM turns ORDER BY turn").fetchall()),
        paused=paused == ("1",),
        serial=last[0] if last else 0,
        ending=ending[0] or 0,
    )


def insert(
    database: sqlite3.Connection,
    job: NewJob,
    request: RequestColumns,
    waiting: Waiting,
    number: float,
    now: float,
) -> None:
    """Write down a job that came in.

    Raises:
        DuplicateJobError: Its id is taken; nothing was written.
    """
    row = (waiting.serial, job.id, number, waiting.place, waiting.client, workflow_id(job), now)
    if not database.execute(_INSERT, row).rowcount:
        raise DuplicateJobError(
            f"there is a job {job.id} already; leave its prompt_id out, or send another"
        )
    database.execute("INSERT INTO requests VALUES (?, ?, ?, ?, ?)", (waiting.serial, *request))


def start(database: sqlite3.Connection, job: Waiting, turn: int, now: float) -> Taken:
    """Write down that a job runs, and read what to run."""
    database.execute(
        "UPDATE jobs SET status = 'running', started = ? WHERE serial = ?", (now, job.serial)
    )
    database.execute("INSERT OR REPLACE INTO turns VALUES (?, ?)", (job.client, turn))
    prompt, extra, targets, crashes = database.execute(_TAKEN, (job.serial,)).fetchone()
    pnginfo = json.loads(extra).get("extra_pnginfo")
    request = JobRequest(
        job.id,
        json.loads(prompt),
        pnginfo if isinstance(pnginfo, dict) else None,
        None if targets is None else tuple(json.loads(targets)),
    )
    return Taken(request, decode_crashes(crashes))


def end(
    database: sqlite3.Connection,
    serial: int,
    status: JobStatus,
    columns: ResultColumns,
    ending: int,
    now: float,
) -> None:
    """Write down what came of a job that ran."""
    database.execute(
        "UPDATE jobs SET status = ?, ended = ?, ending = ? WHERE serial = ?",
        (status, now, ending, serial),
    )
    database.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?)", (serial, *columns))


def put_back(database: sqlite3.Connection, serial: int, place: float) -> None:
    """Write down that a job that ran waits again."""
    database.execute(
        "UPDATE jobs SET status = 'pending', started = NULL, place = ? WHERE serial = ?",
        (place, serial),
    )


def crashed(database: sqlite3.Connection, serial: int, crashes: Crashes) -> None:
    """Write down that workers died of a job."""
    for node_id in crashes:
        database.execute(
            "UPDATE jobs SET crashes = json_insert(crashes, '$[#]', ?) WHERE serial = ?",
            (node_id, serial),
        )


def cancel(database: sqlite3.Connection, jobs: Iterable[Waiting], ending: int, now: float) -> None:
    """Write down that jobs will not start; `ending` is the number of the first one's end."""
    database.executemany(
        _CANCEL, [(now, number, job.serial) for number, job in enumerate(jobs, ending)]
    )


def place(database: sqlite3.Connection, jobs: Iterable[Waiting]) -> None:
    """Write down the places that jobs have in line."""
    database.executemany(
        "UPDATE jobs SET place = ? WHERE serial = ?", [(job.place, job.serial) for job in jobs]
    )


def pause(database: sqlite3.Connection, *, paused: bool) -> None:
    """Write down whether nothing more is to start."""
    database.execute(
        "INSERT OR REPLACE INTO settings VALUES ('paused', ?)", ("1" if paused else "0",)
    )


def status(database: sqlite3.Connection, job_id: str) -> JobStatus:
    """Return how far a job is.

    Raises:
        UnknownJobError: There is none of this id.
    """
    known = job_id.isprintable()  # others SQLite might not even understand
    row = database.execute(_STATUS, (job_id,)).fetchone() if known else None
    if row is None:
        raise UnknownJobError(f"there is no job {job_id!a}; it may have been deleted")
    return JobStatus(row[0])


def prune_history(database: sqlite3.Connection, most: int) -> None:
    """Forget the jobs that ended longest ago, but for so many."""
    row = database.execute(_OLD, (most,)).fetchone()
    if row is None:
        return
    for name in ("requests", "results", "jobs"):
        database.execute(
            f"DELETE FROM {name} WHERE serial IN"  # noqa: S608 - names of our own
            " (SELECT serial FROM jobs WHERE ending <= ?)",
            row,
        )


def prune_turns(database: sqlite3.Connection, most: int) -> None:
    """Forget the turns of clients that were not seen for longest."""
    database.execute(
        "DELETE FROM turns WHERE turn NOT IN (SELECT turn FROM turns ORDER BY turn DESC LIMIT ?)",
        (most,),
    )
