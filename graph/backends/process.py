"""Jobs run in a worker process, which can die, hang and be killed without harm to the server."""

from __future__ import annotations

import atexit

# It registers what waits for processes at the end. Ours is registered later and so called before.
import multiprocessing.util  # noqa: F401
import time
from queue import Empty
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from graph import events
from graph.backends.given_job import GivenJob
from graph.backends.link import Returned, WorkerLink
from graph.backends.protocol import BRIEF, Crashed, Failed
from graph.backends.questions import WorkerGoneError
from graph.backends.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.backends.protocol import JobRequest, Outcome
    from graph.backends.workshop import Factory, Say
    from graph.events import OnEvent

GRACE = 2.0


class ProcessBackend:
    """Runs jobs in one worker process, and starts another when it dies.

    Args:
        factory: Makes the worker's workshop in its process; a function at the top of a module.
        arguments: What it is given; they must be fit to be pickled.
        grace: Seconds that a cancelled job has to stop before its worker is killed.
        on_said: Told what workers have to say to clients; must not block.
    """

    def __init__(
        self,
        factory: Factory,
        *arguments: object,
        grace: float = GRACE,
        on_said: Say | None = None,
    ) -> None:
        self._grace = grace
        self._turn = Lock()
        # The job that runs, and those that were handed over, in order.
        self._jobs: dict[str, GivenJob] = {}
        self._previews = False
        self._saying = Lock()
        self._workers = Supervisor(factory, arguments, on_said)
        atexit.register(self.close)

    @property
    def about(self) -> Mapping[str, Any] | None:
        """What the worker said of itself when it was ready; None before that."""
        return self._workers.about

    @property
    def worker_pid(self) -> int | None:
        """The id of the worker's process; None while there is none that is ready."""
        link = self._workers.ready
        return link.pid if link else None

    def wait(self, seconds: float | None = None) -> str:
        """Wait until the worker is ready; answer why it is not, or nothing if it is."""
        found = self._workers.wait(seconds=seconds)
        if isinstance(found, WorkerLink):
            return ""
        return found or f"the worker is not ready after {seconds:g} seconds"

    def run(self, request: JobRequest, on_event: OnEvent) -> Outcome:
        """Run a job and wait for its end, and for a worker before that if there is none."""
        with self._turn:
            job = self._jobs.setdefault(request.id, GivenJob(request))
            job.on_event = on_event
            if job.cancelled.is_set():
                self._insist_soon(job)
            try:
                outcome = self._run(job)
                if isinstance(outcome, Crashed) and not (job.begun or self._workers.closed):
                    # The worker died before the job came to it, which is not the job's affair.
                    job.link = None
                    outcome = self._run(job)
                return outcome
            finally:
                job.over.set()
                del self._jobs[request.id]

    def hand_over(self, request: JobRequest, on_returned: Callable[[], None]) -> bool:
        """Have a worker that is ready begin a job when it has done those before it."""
        link = self._workers.ready
        # Those that a worker was given that is gone come first, whoever runs them, and so do those
        # that may have to be given once more.
        if link is None or any(job.link is not link or job.recalled for job in self._jobs.values()):
            return False
        job = GivenJob(request, on_returned)
        self._say_whether_to_preview(link)
        try:
            job.give(link)
        except (ValueError, RecursionError):
            return False  # `run` will say why
        self._jobs[job.id] = job
        return True

    def cancel(self, job_id: str) -> None:
        """Have the job stop; a worker that goes on running it is killed."""
        job = self._jobs.get(job_id)
        if job is None or job.cancelled.is_set():
            return
        job.cancelled.set()
        self._workers.wake()
        if job.link is not None:
            job.link.send({"kind": "cancel", "job": job.id})
        if job.on_event is not None:
            self._insist_soon(job)

    def want_previews(self, wanted: bool) -> None:
        """Say whether anybody looks at previews; nobody does at first."""
        self._previews = wanted
        link = self._workers.ready
        if link is not None:
            self._say_whether_to_preview(link)

    def ask(self, name: str, payload: object = None, *, seconds: float = 30.0) -> Any:  # noqa: ANN401
        """Ask the worker something that is no job; from any thread, also while a job runs.

        Args:
            name: Of one of the workshop's handlers.
            payload: JSON values and bytes.
            seconds: How long to wait for the answer.

        Raises:
            WorkerGoneError: There is no worker that is ready, or it died.
            AskError: It cannot answer, or has not in time.
        """
        link = self._workers.ready
        if link is None:
            raise WorkerGoneError("there is no worker to ask: it is being started")
        return link.questions.ask(name, payload, seconds)

    def close(self, seconds: float = 5.0) -> None:
        """End the worker; a job that runs leaves its journal and is answered as crashed."""
        atexit.unregister(self.close)
        self._workers.close(seconds)

    def _run(self, job: GivenJob) -> Outcome:
        link = job.link
        if link is None:
            found = self._workers.wait(job.cancelled.is_set)
            if found is None:
                return job.told_cancelled()
            if isinstance(found, str):
                return Failed(found)
            link = found
            self._say_whether_to_preview(link)
            try:
                job.give(link)
            except (ValueError, RecursionError) as error:
                return Failed(f"the workflow cannot be handed to the worker: {error}")
        try:
            outcome = self._hear(job, link)
        except BaseException:
            # Whoever listened failed; the next job needs a worker that is free, and is not to hear
            # what was left to tell of this one.
            self._workers.spare(link)
            for other in self._jobs.values():
                other.link = None
            raise
        return self._lost(job, link) if outcome is None else outcome

    def _hear(self, job: GivenJob, link: WorkerLink) -> Outcome | None:
        """Pass on what a worker tells of a job until its end; None if the worker's comes first."""
        until, patience = time.monotonic() + BRIEF, BRIEF if len(self._jobs) > 1 else None
        while True:
            if patience is not None and time.monotonic() > until:
                self._recall(job)
                patience = None
            try:
                item = link.inbox.get(timeout=patience)
            except Empty:
                continue
            if item is None:
                link.inbox.put(None)  # for those that were handed over, too
                return None
            if isinstance(item, events.Event):
                job.tell(item)
            elif isinstance(item, Returned) and item.job == job.id:
                job.give(link)  # its turn came while it was on its way back
            elif isinstance(item, Returned):
                self._jobs.pop(item.job).on_returned()
            else:
                job.over.set()
                return item

    def _recall(self, job: GivenJob) -> None:
        """Have the jobs given back that are behind one that takes its time, the last one first.

        So those that are given back are all behind those that are not.
        """
        for other in reversed(self._jobs.values()):
            if other is not job:
                other.recall()

    def _say_whether_to_preview(self, link: WorkerLink) -> None:
        with self._saying:  # or who says it last may say what was wanted before
            link.want_previews(self._previews)

    def _lost(self, job: GivenJob, link: WorkerLink) -> Outcome:
        """The worker ended before the job did."""
        if job.cancelled.is_set():
            return job.told_cancelled()
        if self._workers.closed:
            return Crashed(job.node_id, "the worker was told to stop; the job goes on later")
        return Crashed(job.node_id, f"the process that ran the job is gone: {link.fate}")

    def _insist_soon(self, job: GivenJob) -> None:
        Thread(target=self._insist, args=(job,), name="cancel", daemon=True).start()

    def _insist(self, job: GivenJob) -> None:
        if not job.over.wait(self._grace) and job.link is not None:
            self._workers.spare(job.link)
