"""The queue: jobs that wait and jobs that run.

Whose turn it is, `graph.jobs.line` decides. What a method has returned from is committed. Every
method may be called from any thread, and may raise `StoreError`, having changed nothing.
"""

from __future__ import annotations

from threading import Condition, Lock
from typing import TYPE_CHECKING

from graph.jobs import table
from graph.jobs.coding import encode_request, encode_result
from graph.jobs.notices import Notices
from graph.jobs.queue_state import Beside, QueueState
from graph.jobs.record import JobStatus

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence

    from graph.backends.protocol import Crashed
    from graph.events import OnEvent
    from graph.jobs.line import Waiting
    from graph.jobs.queue_state import Running
    from graph.jobs.record import Accepted, NewJob, Result, Taken
    from graph.jobs.store import Store


class JobQueue:
    """The queue in a database.

    Jobs that ran when their process died are at the front again, in the order of their start.

    Args:
        store: The database.
        on_event: Told what happens to jobs and to the queue, once it is committed; must not block.
        keep: How many jobs that ended are remembered; the oldest are forgotten. None for all.

    Attributes:
        recovered: Ids of the jobs that ran when the last process died.
    """

    def __init__(self, store: Store, on_event: OnEvent, keep: int | None = None) -> None:
        self._store = store
        self._tell = Notices(on_event)
        self._state = QueueState(keep)
        self._news = Condition()
        self._counting = Lock()
        self._idle = 0
        store.on_rollback(self._state.reread)
        self.recovered = store.write(self._state.recover)

    @property
    def paused(self) -> bool:
        """Whether nothing more is to start."""
        return self._state.paused

    @property
    def counts(self) -> tuple[int, int]:
        """How many jobs wait, and how many run."""
        ahead = len(self._state.ahead)
        return len(self._state.line) + ahead, len(self._state.running) - ahead

    def pending(self) -> list[str]:
        """Return the ids of the jobs that wait, in the order in which they would start now."""
        ahead = [job_id for job_id in self._state.running.copy() if job_id in self._state.ahead]
        return [*ahead, *(job.id for job in self._state.line.order())]

    def running(self) -> list[str]:
        """Return the ids of the jobs that run, in the order of their start."""
        return [job_id for job_id in self._state.running.copy() if job_id not in self._state.ahead]

    def enqueue(self, job: NewJob) -> Accepted:
        """Accept a job; it is committed when this returns.

        Raises:
            DuplicateJobError: Its id is taken.
            UnfitJobError: It cannot be written down.
        """
        return self._store.write(*self._accepting(job))

    async def enqueue_soon(self, job: NewJob) -> Accepted:
        """Do the same without keeping the event loop waiting."""
        return await self._store.write_soon(*self._accepting(job))

    def take(self, cancel: Callable[[], None]) -> Taken | None:
        """Take the job whose turn it is, to run it; None if none may start.

        Args:
            cancel: Called, from any thread, when somebody wants the job to stop; must not block.
        """
        if not self._may_start():
            return None

        def then(taken: Taken | None) -> None:
            if taken is not None:
                self._begun(taken)

        return self._store.write(lambda database: self._state.take(database, cancel), then)

    def take_ahead(self, cancels: Sequence[Callable[[], None]]) -> list[Taken]:
        """Take jobs that are to run when others have ended; until `begin` they count as waiting.

        None are taken while somebody else waits for one, who can run it at once.

        Args:
            cancels: For each job that is wanted, as for `take`.
        """
        if self._idle or not self._may_start():
            return []

        def change(database: sqlite3.Connection) -> list[Taken]:
            taken = (self._state.take(database, cancel, ahead=True) for cancel in cancels)
            return [one for one in taken if one is not None]

        return self._store.write(change)

    def begin(self, taken: Taken) -> None:
        """Let a job run that was taken ahead."""
        self._state.ahead.discard(taken.request.id)
        self._begun(taken)

    def _begun(self, taken: Taken) -> None:
        job_id = taken.request.id
        self._tell.taken(job_id, self._state.running[job_id].client, len(taken.crashes))
        self._changed()

    def wait(self, seconds: float) -> bool:
        """Wait until a job may start, or somebody calls `wake`; answers whether one may."""
        with self._news:
            if not self._may_start():
                self._idle += 1
                self._news.wait(seconds)
                self._idle -= 1
        return self._may_start()

    def wake(self) -> None:
        """Have everybody who waits look again."""
        with self._news:
            self._news.notify_all()

    def finish(
        self,
        job_id: str,
        status: JobStatus,
        result: Result,
        crash: Crashed | None = None,
        before: Callable[[], None] | None = None,
    ) -> None:
        """Write down what came of a job that was taken.

        Args:
            job_id: The job.
            status: How it ended.
            result: What came of it.
            crash: What became of its last worker, if that died.
            before: Called once history can be read, before the job's end is told.

        Raises:
            UnknownJobError: It does not run.
        """
        self.finish_along(job_id, status, result, crash, before)()

    def finish_along(
        self,
        job_id: str,
        status: JobStatus,
        result: Result,
        crash: Crashed | None = None,
        before: Callable[[], None] | None = None,
    ) -> Callable[[], object]:
        """Do the same together with what is written next, which may be that another one starts.

        Returns:
            What sees to it that it is written, and has to be called; it raises as `finish` does.
        """
        columns = encode_result(result)
        nodes = () if crash is None else (crash.node_id,)

        def then(job: Running) -> None:
            if before is not None:
                before()
            # As in ComfyUI: whoever hears that the job is over has heard how many are left.
            self._changed()
            self._tell.ended(job_id, job.client, status, result.error)

        return self._store.write_along(
            lambda database: self._state.end(database, job_id, status, columns, nodes), then
        )

    def put_back(self, job_id: str, why: str, crash: Crashed | None = None) -> None:
        """Let a job that was taken wait again, ahead of everybody.

        Args:
            job_id: The job.
            why: What to tell about it, in one sentence.
            crash: What became of its worker, if that died.

        Raises:
            UnknownJobError: It does not run.
        """
        nodes = () if crash is None else (crash.node_id,)
        begun = job_id not in self._state.ahead

        def then(job: Running) -> None:
            if begun:
                self._tell.put_back(job_id, job.client, why, crash.node_id if crash else None)
                self._changed()
            elif self._may_start():
                self.wake()  # nobody was told that it was taken, but now others may take it

        self._store.write(lambda database: self._state.put_back(database, job_id, nodes), then)

    def cancel(self, job_id: str) -> JobStatus:
        """Have a job not start, or stop soon if it runs; nothing happens if it has ended.

        Returns:
            How far it was.

        Raises:
            UnknownJobError: There is no such job.
        """

        def change(database: sqlite3.Connection) -> tuple[list[Waiting], JobStatus]:
            stopped = self._state.cancel(database, [job_id])
            return stopped, JobStatus.PENDING if stopped else table.status(database, job_id)

        def then(answer: tuple[list[Waiting], JobStatus]) -> None:
            self._cancelled(answer[0])
            self._have_stop(job_id)

        return self._store.write(change, then)[1]

    def delete(self, job_ids: Iterable[str]) -> list[str]:
        """Have those of the jobs that wait not start; answers which. They become history.

        Those that were taken ahead are asked to stop, and not among the answer.
        """
        wanted = list(job_ids)
        return self._cancel(lambda: wanted)

    def clear(self) -> list[str]:
        """Do the same with all that wait now."""
        return self._cancel(self.pending)

    def move(self, job_id: str, to: int) -> None:
        """Move a job that waits to an index in the order, from 0, or from the end if negative.

        Raises:
            UnknownJobError: It does not wait.
        """
        self._arrange(lambda database: self._state.move(database, job_id, to))

    def move_beside(self, job_id: str, other: str, *, after: bool) -> None:
        """Move a job that waits right before or after another one.

        Raises:
            UnknownJobError: One of them does not wait.
        """
        whither = Beside(other, after)
        self._arrange(lambda database: self._state.move(database, job_id, whither))

    def pause(self) -> None:
        """Let nothing more start until `resume`, also after a restart."""
        self._arrange(lambda database: self._state.pause(database, paused=True))

    def resume(self) -> None:
        """Let jobs start again."""
        self._arrange(lambda database: self._state.pause(database, paused=False))

    def _accepting(
        self, job: NewJob
    ) -> tuple[Callable[[sqlite3.Connection], Accepted], Callable[[Accepted], None]]:
        columns = encode_request(job)

        def then(accepted: Accepted) -> None:
            self._tell.queued(job.id, job.client, accepted.number)
            self._changed()

        return lambda database: self._state.accept(database, job, columns), then

    def _cancel(self, which: Callable[[], list[str]]) -> list[str]:
        wanted: list[str] = []

        def change(database: sqlite3.Connection) -> list[Waiting]:
            wanted[:] = which()
            return self._state.cancel(database, wanted)

        def then(jobs: list[Waiting]) -> None:
            self._cancelled(jobs)
            for job_id in self._state.ahead.intersection(wanted):
                self._have_stop(job_id)

        return [job.id for job in self._store.write(change, then)]

    def _have_stop(self, job_id: str) -> None:
        """Ask a job to stop if it runs or is at hand; before anybody else lets it wait again."""
        job = self._state.running.get(job_id)
        if job is not None:
            job.cancel()

    def _cancelled(self, jobs: list[Waiting]) -> None:
        for job in jobs:
            self._tell.ended(job.id, job.client, JobStatus.CANCELLED, None)
        if jobs:
            self._changed()

    def _arrange(self, change: Callable[[sqlite3.Connection], None]) -> None:
        self._store.write(change, lambda _done: self._changed())

    def _may_start(self) -> bool:
        return not self._state.paused and len(self._state.line) > 0

    def _changed(self) -> None:
        with self._counting:  # or what is told last may be how it was before
            pending, running = self.counts
            self._tell.changed(pending, running, paused=self.paused)
        if self._may_start():
            self.wake()
