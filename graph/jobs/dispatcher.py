"""Feeds a backend: takes the next job, runs it, writes down what came of it, and so on.

There is one for each backend; several share a queue. Whatever a job, a worker or the database does,
it goes on with the next job. While jobs are brief the next one is handed over before the last one
has ended, so that a worker need not wait until that is written down; one that takes its time has it
put back, for the order of those that wait is their users' affair.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import asdict
from functools import partial
from threading import Event as Flag
from threading import Thread
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from graph.backends.protocol import BRIEF, CancelledOutcome, Crashed, Done, Failed
from graph.jobs.attempt import Attempt
from graph.jobs.endings import Endings
from graph.jobs.errors import StoreError
from graph.jobs.persistence import Persistence
from graph.jobs.record import JobStatus
from graph.jobs.why import failure, given_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.backends.protocol import Backend, Outcome
    from graph.events import OnEvent
    from graph.jobs.queue import JobQueue
    from graph.jobs.record import Result, Taken
    from graph.problems import Problem

STRIKES: Final = 3
"""How many workers may die at the same node of a job before it is given up."""
_PAUSE: Final = 1.0
"""Seconds between two attempts at writing to a database that cannot be written."""
_SOME: Final = 4
"""Jobs that are handed over together: their take is written down once."""
_FEW: Final = 2
"""So many of them, or fewer, are too few for the worker to be busy until it hears of more."""
Answer = TypeVar("Answer")


class _Turn(NamedTuple):
    """A job that was taken, and the attempt at it."""

    taken: Taken
    attempt: Attempt


class Dispatcher:
    """A thread between a queue and a backend.

    Args:
        queue: Where jobs come from.
        backend: What runs them; closed by whoever made it.
        on_event: Told what happens to jobs; must not block.
        warn: Told in one sentence what the user should know.
        name: What to call the thread, the accelerator for instance.
        pause: Seconds between two attempts at writing to a database that cannot be written.
    """

    def __init__(
        self,
        queue: JobQueue,
        backend: Backend,
        on_event: OnEvent,
        warn: Callable[[str], None],
        *,
        name: str = "dispatcher",
        pause: float = _PAUSE,
    ) -> None:
        self._queue = queue
        self._backend = backend
        self._on_event = on_event
        self._stop = Flag()
        self._persistence = Persistence(self._stop, warn, pause)
        self._endings = Endings(queue, self._persistence, warn)
        self._checkpoint = False
        self._attempt: Attempt | None = None
        self._ahead: deque[_Turn] = deque()
        self._brief = False
        self._thread = Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        """Begin to take jobs."""
        self._thread.start()

    def stop(self, *, checkpoint: bool = True, seconds: float | None = 5.0) -> bool:
        """Take no more jobs, and wait for the one that runs.

        Args:
            checkpoint: Whether to stop that one, too; it goes back to the front of the queue, and
                what it wrote down lets it go on where it was.
            seconds: How long to wait; a job that still runs then is put back at the next start.

        Returns:
            Whether nothing runs any more.
        """
        self._checkpoint = checkpoint
        self._stop.set()
        self._queue.wake()
        attempt = self._attempt
        for turn in self._ahead.copy():
            turn.attempt.stop()
        if checkpoint and attempt is not None:
            attempt.stop()
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while self._ahead or not self._stop.is_set():
            at_hand = bool(self._ahead)
            turn = self._ahead.popleft() if at_hand else self._take()
            if turn is not None:
                self._attempt = turn.attempt
                self._hand_over_behind(turn)
            self._endings.see_to()
            if turn is None:
                self._wait()
                continue
            if at_hand:
                self._queue.begin(turn.taken)
            if self._stop.is_set() and (self._checkpoint or at_hand):
                turn.attempt.stop()  # it was taken while the wish to stop came
            self._run(turn)
            self._attempt = None
        self._endings.see_to()

    def _hand_over_behind(self, turn: _Turn) -> None:
        """While jobs are brief, have the next ones begin right when this one has ended."""
        if not self._brief or self._stop.is_set() or len(self._ahead) > _FEW:
            return
        if not turn.attempt.hand_over(turn.taken.request, _stay):
            return
        attempts = [Attempt(self._backend, self._on_event) for _ in range(_SOME)]
        taken = self._tried(lambda: self._queue.take_ahead([at.cancel for at in attempts]))
        self._ahead += map(_Turn, taken or (), attempts)
        handed_over = 0
        for following in self._ahead:
            given_back = partial(self._take_back, following)
            request = following.taken.request
            if self._stop.is_set() or not following.attempt.hand_over(request, given_back):
                break
            handed_over += 1
        while len(self._ahead) > handed_over:
            # Behind one that is not handed over nobody is, for they would begin before it.
            self._take_back(self._ahead[-1])

    def _take_back(self, turn: _Turn) -> None:
        """Let a job wait again that was taken ahead: one before it may take its time."""
        self._ahead.remove(turn)
        self._let_wait(turn, "a job before it takes its time")

    def _let_wait(self, turn: _Turn, why: str, crash: Crashed | None = None) -> None:
        """Let a job wait again, unless somebody wanted it cancelled meanwhile."""
        job_id = turn.taken.request.id
        self._persistence.insist(lambda: self._queue.put_back(job_id, why, crash))
        if turn.attempt.unwanted:
            self._persistence.insist(lambda: self._queue.cancel(job_id))

    def _run(self, turn: _Turn) -> None:
        began = time.monotonic()
        try:
            outcome = turn.attempt.run(turn.taken.request)
            self._brief = isinstance(outcome, Done) and time.monotonic() - began < BRIEF
            self._settle(turn, outcome)
        except Exception as error:  # noqa: BLE001 - the next job must not suffer for it
            self._endings.give_up(turn.taken.request.id, error)

    def _take(self) -> _Turn | None:
        """Take a job if there is one, and write down the end of the one before by the way."""
        attempt = Attempt(self._backend, self._on_event)
        taken = self._tried(lambda: self._queue.take(attempt.cancel))
        return None if taken is None else _Turn(taken, attempt)

    def _tried(self, take: Callable[[], Answer]) -> Answer | None:
        try:
            taken = take()
        except StoreError as error:
            self._persistence.trouble(error)
            return None
        self._persistence.relief()
        return taken

    def _wait(self) -> None:
        """Wait a moment for a job."""
        if not self._stop.is_set():
            self._queue.wait(_PAUSE)

    def _settle(self, turn: _Turn, outcome: Outcome) -> None:
        attempt, folding = turn.attempt, turn.attempt.folding
        match outcome:
            case Done():
                result = folding.result(None, _facts(outcome.problems), outcome.warnings)
                self._finish(turn, JobStatus.DONE, result)
            case _ if attempt.unwanted:
                error = failure(outcome, folding)
                self._finish(turn, JobStatus.CANCELLED, folding.result(error))
            case _ if attempt.stopped:
                why = "the server is stopping; the job goes on when it starts again"
                self._put_back(turn, why)
            case CancelledOutcome():
                error = failure(outcome, folding)
                self._finish(turn, JobStatus.CANCELLED, folding.result(error))
            case Failed():
                result = folding.result(failure(outcome, folding), _facts(outcome.problems))
                self._finish(turn, JobStatus.FAILED, result)
            case Crashed():
                self._crashed(turn, outcome)

    def _crashed(self, turn: _Turn, crash: Crashed) -> None:
        strikes = turn.taken.crashes.count(crash.node_id) + 1
        if strikes < STRIKES:
            self._put_back(turn, crash.sentence, crash)
            return
        result = turn.attempt.folding.result(given_up(crash, strikes, turn.attempt))
        self._finish(turn, JobStatus.FAILED, result, crash)

    def _put_back(self, turn: _Turn, why: str, crash: Crashed | None = None) -> None:
        """Let a job wait again, ahead of everybody, of those that were handed over, too."""
        for behind in self._ahead:
            behind.attempt.stop()
        # They have their say in order; who goes to the front last is first.
        ended: list[tuple[_Turn, Outcome]] = []
        while self._ahead:
            behind = self._ahead.popleft()
            ended.append((behind, behind.attempt.run(behind.taken.request)))
        for behind, outcome in reversed(ended):
            self._settle(behind, outcome)
        self._let_wait(turn, why, crash)

    def _finish(
        self, turn: _Turn, status: JobStatus, result: Result, crash: Crashed | None = None
    ) -> None:
        self._endings.finish(turn.taken.request.id, status, result, crash, turn.attempt.tell_end)


def _stay() -> None:
    """Nobody takes back a job that is about to run."""


def _facts(problems: tuple[Problem, ...]) -> tuple[dict[str, object], ...]:
    return tuple(map(asdict, problems))
