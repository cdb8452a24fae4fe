"""One attempt at a job: runs it on a backend, passes on its events, says how it ended."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Final

from graph.backends.protocol import CancelledOutcome, Crashed
from graph.events import JobCancelled, JobFailed, JobFinished
from graph.jobs.folding import Folding

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.backends.protocol import Backend, JobRequest, Outcome
    from graph.events import Event, OnEvent

_LAST: Final = (JobFinished, JobFailed, JobCancelled)


class Attempt:
    """A job that runs or is about to.

    Args:
        backend: Runs it.
        on_event: Told what happens; of its end, only by `tell_end`, so that history can be read
            by then.
    """

    def __init__(self, backend: Backend, on_event: OnEvent) -> None:
        self._backend = backend
        self._on_event = on_event
        self._request: JobRequest | None = None
        self._handed_over = False
        self._last: list[Event] = []
        self.folding = Folding()
        self.stopped = False
        """Whether it was asked to stop."""
        self.unwanted = False
        """Whether that was because somebody wanted the job cancelled."""
        self.raised = ""
        """The traceback if the backend itself failed."""

    def hand_over(self, request: JobRequest, on_returned: Callable[[], None]) -> bool:
        """Have the job begin when those before it have ended; answers whether it will.

        Args:
            request: The job, for which `run` is to be called in its turn.
            on_returned: Called if it does not begin after all.
        """
        if not self._handed_over and self._backend.hand_over(request, on_returned):
            self._handed_over = True
            self._request = request
            if self.stopped:
                self._backend.cancel(request.id)
        return self._handed_over

    def run(self, request: JobRequest) -> Outcome:
        """Run the job and wait for its end; a backend that raises has crashed."""
        self._request = request
        if self.stopped and not self._handed_over:
            return CancelledOutcome()
        try:
            return self._backend.run(request, self._hear)
        except Exception as error:  # noqa: BLE001 - whatever a backend does, the queue goes on
            self.raised = "".join(traceback.format_exception(error))
            said = f"{type(error).__name__}: {error}"
            return Crashed(self.folding.under_way, f"what runs jobs failed with {said}")

    def cancel(self) -> None:
        """Stop because somebody wants the job cancelled; from any thread, returns at once."""
        self.unwanted = True
        self.stop()

    def stop(self) -> None:
        """Stop, for whatever reason; from any thread, returns at once."""
        self.stopped = True
        if self._request is not None:
            self._backend.cancel(self._request.id)

    def tell_end(self) -> None:
        """Tell what was held back of the end."""
        for event in self._last:
            self._on_event(event)

    def _hear(self, event: Event) -> None:
        self.folding.hear(event)
        if isinstance(event, _LAST):
            self._last.append(event)
        else:
            self._on_event(event)
        if self.stopped and self._request is not None:
            # The wish may have come before the backend knew the job.
            self._backend.cancel(self._request.id)
