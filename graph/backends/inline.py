"""Jobs run in this process, in the thread that asks: for scripts, the command line and tests."""

from __future__ import annotations

from threading import Event, Lock
from typing import TYPE_CHECKING

from graph.backends.performing import perform
from graph.cancel import CancelToken

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.backends.protocol import JobRequest, Outcome
    from graph.events import OnEvent
    from graph.executor import Engine


class InlineBackend:
    """Runs jobs on an engine of this process. A node that hangs or kills the process does so here.

    Args:
        engine: Whoever made it closes it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = Lock()
        self._job = ""
        self._cancel = CancelToken()
        self._idle = Event()
        self._idle.set()

    def run(self, request: JobRequest, on_event: OnEvent) -> Outcome:
        """Run a job and wait for its end; one after the other."""
        with self._turn:
            self._cancel = CancelToken()
            self._job = request.id
            self._idle.clear()
            try:
                return perform(self._engine, request, self._cancel, on_event)
            finally:
                self._job = ""
                self._idle.set()

    def hand_over(self, _request: JobRequest, _on_returned: Callable[[], None], /) -> bool:
        """Nothing can begin before this thread is free to run it."""
        return False

    def cancel(self, job_id: str) -> None:
        """Have the job stop at its next step, if it is the one that runs."""
        token = self._cancel
        if self._job == job_id:
            token.cancel()

    def close(self, seconds: float = 5.0) -> None:
        """Cancel what runs and wait for it."""
        self._cancel.cancel()
        self._idle.wait(seconds)
