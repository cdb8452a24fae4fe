"""What happens to the queue, told like what happens within a job.

These events are not among those that a job's run counts: their `number` is -1. The bus numbers them
with all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.events import Event

if TYPE_CHECKING:
    from graph.jobs.record import JobError, JobStatus

UNNUMBERED: Final = -1
NO_JOB: Final = ""
"""The job of events that concern the queue as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQueued(Event):
    """The job is in the queue, sent by `client`, and told to have the place `place`."""

    client: str | None
    place: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTaken(Event):
    """The job was taken from the queue to be run; until now `crashes` workers died of it."""

    client: str | None
    crashes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPutBack(Event):
    """The job did not come to its end and is at the front of the queue again.

    `sentence` says why; `node_id` is where the worker died, if it did so at a node.
    """

    client: str | None
    sentence: str
    node_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnded(Event):
    """The job has ended, and its history can be read. Told once for each job, last of all."""

    client: str | None
    status: JobStatus
    error: JobError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChanged(Event):
    """So many jobs wait and run now; or their order has changed, or the queue was paused."""

    pending: int
    running: int
    paused: bool
