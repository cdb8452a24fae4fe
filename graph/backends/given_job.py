"""A job that a worker was given, as far as the worker has told."""

from __future__ import annotations

import time
from threading import Event
from typing import TYPE_CHECKING

from graph import events
from graph.backends.protocol import CancelledOutcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.backends.link import WorkerLink
    from graph.backends.protocol import JobRequest
    from graph.events import OnEvent

_OVER = (events.NodeFinished, events.NodeErred, events.NodeCached, events.NodeBlocked)


def _stay() -> None:
    """Stands where nothing is given back."""


class GivenJob:
    """A job that runs or was handed over.

    Args:
        request: The job.
        on_returned: Called if the worker gives it back before it has begun.
    """

    def __init__(self, request: JobRequest, on_returned: Callable[[], None] = _stay) -> None:
        self.id = request.id
        self._request = request
        self.on_returned = on_returned
        self.on_event: OnEvent | None = None
        """Who listens; nobody while it was only handed over."""
        self.link: WorkerLink | None = None
        self.recalled = False
        """Whether it may be on its way back."""
        self.cancelled = Event()
        self.over = Event()
        self._number = 0
        self._running: dict[str, None] = {}

    def give(self, link: WorkerLink) -> None:
        """Have a worker run it, once those that it was given before have ended.

        Raises:
            ValueError: The request cannot be said in JSON.
        """
        link.run(self._request)
        self.link = link
        self.recalled = False
        if self.cancelled.is_set():
            link.send({"kind": "cancel", "job": self.id})

    def recall(self) -> None:
        """Have it given back if it has not begun."""
        if self.link is not None:
            self.recalled = True
            self.link.recall(self.id)

    @property
    def begun(self) -> bool:
        """Whether anything was told of it."""
        return self._number > 0

    @property
    def node_id(self) -> str | None:
        """The node that runs; of several the one that began last."""
        return next(reversed(self._running), None)

    def tell(self, event: events.Event) -> None:
        """Pass an event on."""
        self._number = event.number + 1
        if isinstance(event, events.NodeStarted):
            self._running[event.node_id] = None
        elif isinstance(event, _OVER):
            self._running.pop(event.node_id, None)
        self._pass_on(event)

    def told_cancelled(self) -> CancelledOutcome:
        """Say what the worker cannot say any more."""
        self._pass_on(
            events.JobCancelled(
                job=self.id, number=self._number, time=time.time(), node_id=self.node_id
            )
        )
        return CancelledOutcome(self.node_id)

    def _pass_on(self, event: events.Event) -> None:
        if self.on_event is not None:
            self.on_event(event)
