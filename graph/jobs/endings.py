"""Writes down how jobs ended: the last one's end together with what is written next."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, NamedTuple

from graph.jobs.errors import JobsError, StoreError
from graph.jobs.record import JobError, JobStatus, Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.backends.protocol import Crashed
    from graph.jobs.persistence import Persistence
    from graph.jobs.queue import JobQueue


class _End(NamedTuple):
    """The end of a job on its way into the database.

    Attributes:
        job_id: The job.
        written: Waits until it is there.
        again: Writes it anew.
    """

    job_id: str
    written: Callable[[], object]
    again: Callable[[], None]


class Endings:
    """What one dispatcher has to write of jobs that ended; used in its thread.

    Args:
        queue: Where it is written.
        persistence: Tries again where that fails.
        warn: Told in one sentence what the user should know.
    """

    def __init__(
        self, queue: JobQueue, persistence: Persistence, warn: Callable[[str], None]
    ) -> None:
        self._queue = queue
        self._persistence = persistence
        self._warn = warn
        self._end: _End | None = None

    def finish(
        self,
        job_id: str,
        status: JobStatus,
        result: Result,
        crash: Crashed | None,
        before: Callable[[], None],
    ) -> None:
        """Have an end written with what is written next; the arguments are `JobQueue.finish`'s."""
        self.see_to()  # of one that ended behind a job that goes back
        what = (job_id, status, result, crash, before)
        written = self._queue.finish_along(*what)
        self._end = _End(job_id, written, lambda: self._queue.finish(*what))

    def see_to(self) -> None:
        """Make sure that the end of the last job is written down."""
        end, self._end = self._end, None
        if end is None:
            return
        try:
            end.written()
        except StoreError as error:
            self._persistence.trouble(error)
            self._persistence.insist(end.again)
        except JobsError as error:
            self._warn(str(error))
        except Exception as error:  # noqa: BLE001 - the next job must not suffer for it
            self.give_up(end.job_id, error)

    def give_up(self, job_id: str, error: Exception) -> None:
        """Have a job fail for a fault of our own."""
        sentence = f"the job's end could not be written down: {type(error).__name__}: {error}"
        self._warn(sentence)
        result = Result(
            error=JobError(sentence, "".join(traceback.format_exception(error))),
        )
        self._persistence.insist(lambda: self._queue.finish(job_id, JobStatus.FAILED, result))
