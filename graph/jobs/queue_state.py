"""What the queue has in memory, changed together with the database.

Each method belongs in a transaction. When that fails, `reread` makes good what memory has ahead of
the database.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.facts import fact
from graph.jobs import table
from graph.jobs.errors import UnknownJobError
from graph.jobs.line import MOST_CLIENTS, Line, Waiting
from graph.jobs.record import Accepted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from graph.jobs.coding import RequestColumns, ResultColumns
    from graph.jobs.record import Crashes, JobStatus, NewJob, Taken

_SOME = 100
"""History may be longer than it should by this part of it."""


@fact()
class Running:
    """A job that runs, and how whoever runs it is asked to stop."""

    serial: int
    client: str
    cancel: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Beside:
    """The place right before or after another job."""

    job_id: str
    after: bool


class QueueState:
    """Who waits and who runs.

    Args:
        keep: How many jobs that ended are remembered, the last ones; None for all.

    Attributes:
        line: Who waits.
        running: Who runs, by id, in the order of their start.
        ahead: Who of these has not begun, but is at hand for when the one before has ended.
        paused: Whether nothing more is to start.
    """

    def __init__(self, keep: int | None = None) -> None:
        self._keep = keep
        self._ended = 0
        self.line = Line()
        self.running: dict[str, Running] = {}
        self.ahead: set[str] = set()
        self.paused = False
        self._serial = 0
        self._ending = 0

    def recover(self, database: sqlite3.Connection) -> list[str]:
        """Let jobs whose process died wait again, ahead of all others; answers their ids."""
        table.prune_turns(database, MOST_CLIENTS)
        self._forget(database)
        self.reread(database)
        found = [*self.running]
        for job_id in reversed(found):
            self.put_back(database, job_id)
        return found

    def reread(self, database: sqlite3.Connection) -> None:
        """Know again what the database knows."""
        kept = table.load(database)
        running = self.running
        self.running = {
            job_id: running.get(job_id) or Running(serial, client, _deaf)
            for job_id, (serial, client) in kept.running.items()
        }
        self.ahead &= self.running.keys()
        self.line.reset(kept.waiting, kept.turns)
        self.paused, self._serial, self._ending = kept.paused, kept.serial, kept.ending

    def accept(
        self, database: sqlite3.Connection, job: NewJob, columns: RequestColumns
    ) -> Accepted:
        """Let a job queue up.

        Raises:
            DuplicateJobError: Its id is taken.
        """
        serial = self._serial + 1
        number: float = serial if job.number is None else job.number
        place = job.number
        if job.front:
            number, place = -serial, self.line.front()
        waiting = Waiting(serial, job.id, job.client or "", place)
        table.insert(database, job, columns, waiting, number, time.time())
        self._serial = serial
        self.line.add(waiting)
        return Accepted(job.id, number)

    def take(
        self, database: sqlite3.Connection, cancel: Callable[[], None], *, ahead: bool = False
    ) -> Taken | None:
        """Let the next job start, or be at hand; None if none may."""
        job = None if self.paused else self.line.first()
        if job is None:
            return None
        taken = table.start(database, job, self.line.serve(job), time.time())
        self.running[job.id] = Running(job.serial, job.client, cancel)
        if ahead:
            self.ahead.add(job.id)
        return taken

    def end(
        self,
        database: sqlite3.Connection,
        job_id: str,
        status: JobStatus,
        columns: ResultColumns,
        crash: Crashes = (),
    ) -> Running:
        """Let a job that runs end.

        Raises:
            UnknownJobError: It does not run.
        """
        job = self._one_running(job_id)
        self._ending += 1
        table.end(database, job.serial, status, columns, self._ending, time.time())
        table.crashed(database, job.serial, crash)
        self._count_ended(database, 1)
        return self._gone(job_id)

    def put_back(self, database: sqlite3.Connection, job_id: str, crash: Crashes = ()) -> Running:
        """Let a job that runs wait again, ahead of all others.

        Raises:
            UnknownJobError: It does not run.
        """
        job = self._one_running(job_id)
        place = self.line.front()
        table.put_back(database, job.serial, place)
        table.crashed(database, job.serial, crash)
        self.line.add(Waiting(job.serial, job_id, job.client, place))
        return self._gone(job_id)

    def cancel(self, database: sqlite3.Connection, job_ids: Iterable[str]) -> list[Waiting]:
        """Let those of the jobs that wait not start; answers which."""
        wanted = dict.fromkeys(job_ids)
        jobs = [self.line[job_id] for job_id in wanted if job_id in self.line]
        table.cancel(database, jobs, self._ending + 1, time.time())
        self._ending += len(jobs)
        self._count_ended(database, len(jobs))
        for job in jobs:
            self.line.remove(job.id)
        return jobs

    def move(self, database: sqlite3.Connection, job_id: str, whither: int | Beside) -> None:
        """Move a job that waits.

        Raises:
            UnknownJobError: It does not wait, or the one beside which it is to be does not.
        """
        for one in (job_id,) if isinstance(whither, int) else (job_id, whither.job_id):
            if one not in self.line:
                raise UnknownJobError(f"job {one} does not wait in the queue, so it has no place")
        table.place(database, self.line.move(job_id, self._index(job_id, whither)))

    def pause(self, database: sqlite3.Connection, *, paused: bool) -> None:
        """Let nothing more start, or let it."""
        table.pause(database, paused=paused)
        self.paused = paused

    def _index(self, job_id: str, whither: int | Beside) -> int:
        if isinstance(whither, int):
            return whither
        order = [job.id for job in self.line.order()]
        if whither.job_id == job_id:
            return order.index(job_id)
        order.remove(job_id)
        return order.index(whither.job_id) + whither.after

    def _count_ended(self, database: sqlite3.Connection, count: int) -> None:
        """Forget what ended long ago, now and then: that costs more than to remember some more."""
        self._ended += count
        if self._keep is not None and self._ended > self._keep // _SOME:
            self._forget(database)

    def _forget(self, database: sqlite3.Connection) -> None:
        self._ended = 0
        if self._keep is not None:
            table.prune_history(database, self._keep)

    def _gone(self, job_id: str) -> Running:
        self.ahead.discard(job_id)
        return self.running.pop(job_id)

    def _one_running(self, job_id: str) -> Running:
        if job_id not in self.running:
            raise UnknownJobError(f"job {job_id} does not run, so it cannot end")
        return self.running[job_id]


def _deaf() -> None:
    """Stands where nobody runs the job any more."""
