"""Tells a job's events to whoever listens, numbered, and says how fast a node goes."""

from __future__ import annotations

import time
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from graph.checked import CheckedNode
    from graph.events import Event, NodeEvent, OnEvent


class NodeTeller(Protocol):
    """Tells an event of a node with its facts; which node it is, and the rest, is filled in."""

    def __call__(self, node: CheckedNode, event: type[NodeEvent], **facts: object) -> None:
        """Tell it."""


class Teller:
    """Makes events of one job, from several threads; one is told after the other.

    Args:
        job: The job's id.
        on_event: Who listens; nobody if None.
    """

    def __init__(self, job: str, on_event: OnEvent | None) -> None:
        self._job = job
        self._on_event = on_event
        self._number = 0
        self._lock = RLock()

    def tell(self, event: type[Event], **facts: Any) -> None:  # noqa: ANN401 - each its own facts
        """Tell an event with its facts; job, number and time are filled in."""
        self.tell_all(event, facts)

    def tell_all(self, event: type[Event], facts: dict[str, Any]) -> None:
        """Tell an event with facts that were put together already, which is most of the work."""
        if self._on_event is None:
            return
        with self._lock:
            number, self._number = self._number, self._number + 1
            self._on_event(event(job=self._job, number=number, time=time.time(), **facts))


class Pace:
    """Seconds per step, lately: an average in which each step counts half as much as the next."""

    def __init__(self) -> None:
        self._value = 0
        self._time = time.perf_counter()
        self._seconds: float | None = None

    def at(self, value: int) -> float | None:
        """Return the pace when so many steps are done; None before the first."""
        now = time.perf_counter()
        steps = value - self._value
        if steps > 0:
            lately = (now - self._time) / steps
            self._seconds = lately if self._seconds is None else (self._seconds + lately) / 2
            self._value, self._time = value, now
        return self._seconds
