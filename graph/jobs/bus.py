"""The event bus: whoever publishes never waits, whoever listens reads at a pace of its own.

Events are numbered in the order in which they were published and kept in a log of bounded length.
A subscriber is a position in that log, so that a thousand of them take no more memory than one, and
a client that was away asks for what comes after the last number that it saw.

Who is slow loses previews first: only the latest `previews` progress events keep theirs. Then it
loses progress: of what is older than the latest `progress` events, only the last one of each
running node is kept. It loses nothing else until `most` events have gone by; then it is told so,
and from which number to go on.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import deque
from dataclasses import replace
from operator import attrgetter
from threading import Condition
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.errors import GraphError
from graph.events import (
    JobCancelled,
    JobFailed,
    JobFinished,
    NodeErred,
    NodeFinished,
    NodeProgress,
    WholePicture,
)
from graph.jobs.queue_events import JobEnded, JobPutBack

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.events import Event

_WHOLE = 64
"""Steps that keep a picture which is a result, though previews go sooner."""
_number: Final = attrgetter("number")
_NODE_ENDS: Final = (NodeFinished, NodeErred)
_JOB_ENDS: Final = (JobFinished, JobFailed, JobCancelled, JobEnded, JobPutBack)


class Told(NamedTuple):
    """An event, and its number among those of all jobs."""

    number: int
    event: Event


class MissedEventsError(GraphError):
    """Events are gone that a subscriber has not seen.

    Attributes:
        resume: The number after which to go on, once what is to be known was asked for anew.
    """

    def __init__(self, since: int, resume: int) -> None:
        super().__init__(
            f"the events after number {since} are not kept any more;"
            f" ask for the queue and the history, then for events after number {resume}"
        )
        self.resume = resume


class Bus:
    """What is told to whoever listens. Every method may be called from any thread.

    Args:
        most: Events to keep, apart from progress.
        progress: Events of progress to keep, apart from the last ones of nodes.
        previews: How many of these keep their previews.
        first: The number of the first event. By default one that is larger than those of any bus
            before, also in processes before: microseconds since the epoch.
    """

    def __init__(
        self,
        most: int = 50_000,
        progress: int = 500,
        previews: int = 20,
        first: int | None = None,
    ) -> None:
        self.news = Condition()
        self._most = most
        self._progress = progress
        self._previews = previews
        self._latest = (time.time_ns() // 1000 if first is None else first) - 1
        # The number of the last event that is gone and was no progress.
        self._gone = self._latest
        self._facts: deque[Told] = deque()
        self._steps: deque[Told] = deque()
        # The last step of each running node that is kept no more; None while it still is.
        self._last_steps: dict[tuple[str, str], Told | None] = {}
        self._bells: set[Callable[[], None]] = set()
        self.closed = False

    @property
    def latest(self) -> int:
        """The number of the last event."""
        return self._latest

    def publish(self, event: Event) -> None:
        """Tell an event to everybody; returns at once."""
        with self.news:
            self._latest += 1
            told = Told(self._latest, event)
            if isinstance(event, NodeProgress):
                self._keep_step(told, event)
            else:
                self._keep_fact(told)
            self._ring()

    def read(self, since: int, most: int | None = None) -> list[Told]:
        """Return what came after a number, in order.

        Args:
            since: The number of the last event that is known already.
            most: How many to return; the rest is for another time.

        Raises:
            MissedEventsError: Some of it is gone, or the number is not one of this bus's.
        """
        with self.news:
            if not self._gone <= since <= self._latest:
                raise MissedEventsError(since, self._latest)
            most = self._most + self._progress if most is None else most
            found = _after(self._facts, since, most)
            steps = _after(self._steps, since, most)
            if self._steps and since < self._steps[0].number:
                last = self._last_steps.values()
                steps += [told for told in last if told is not None and told.number > since]
            if not steps:
                return found
            return sorted(found + steps, key=_number)[:most]

    def attach(self, bell: Callable[[], None]) -> None:
        """Have something rung at each event until it is detached; it must not block."""
        with self.news:
            self._bells.add(bell)

    def detach(self, bell: Callable[[], None]) -> None:
        """Ring it no more."""
        with self.news:
            self._bells.discard(bell)

    def close(self) -> None:
        """Tell everybody who waits that nothing more will come."""
        with self.news:
            self.closed = True
            self._ring()

    def _ring(self) -> None:
        self.news.notify_all()
        for bell in self._bells:
            bell()

    def _keep_fact(self, told: Told) -> None:
        self._facts.append(told)
        if len(self._facts) > self._most:
            self._gone = self._facts.popleft().number
        event = told.event
        if not self._last_steps:
            return
        if isinstance(event, _NODE_ENDS):
            self._last_steps.pop((event.job, event.node_id), None)
        elif isinstance(event, _JOB_ENDS):
            for key in [key for key in self._last_steps if key[0] == event.job]:
                del self._last_steps[key]

    def _keep_step(self, told: Told, step: NodeProgress) -> None:
        self._last_steps.setdefault((step.job, step.node_id))
        self._steps.append(told)
        self._strip(self._previews, whole=False)
        self._strip(_WHOLE, whole=True)
        if len(self._steps) > self._progress:
            old = self._steps.popleft()
            if isinstance(old.event, NodeProgress):
                key = (old.event.job, old.event.node_id)
                if key in self._last_steps:
                    self._last_steps[key] = old

    def _strip(self, after: int, *, whole: bool) -> None:
        """Let go of the picture of the step with so many after it; of a result only if `whole`."""
        if len(self._steps) <= after:
            return
        told = self._steps[-after - 1]
        step = told.event
        if not isinstance(step, NodeProgress) or step.preview is None:
            return
        if whole or not isinstance(step.preview, WholePicture):
            self._steps[-after - 1] = Told(told.number, replace(step, preview=None))


def _after(log: deque[Told], since: int, most: int) -> list[Told]:
    """Return the first events of a log after a number."""
    start = bisect_right(log, since, key=_number)
    # By index, since what is asked for is at the far end almost always.
    return [log[index] for index in range(start, min(start + most, len(log)))]
