"""Tells what happens to the queue, as events."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from graph.jobs.queue_events import (
    NO_JOB,
    UNNUMBERED,
    JobEnded,
    JobPutBack,
    JobQueued,
    JobTaken,
    QueueChanged,
)

if TYPE_CHECKING:
    from graph.events import OnEvent
    from graph.jobs.record import JobError, JobStatus


class Notices:
    """Makes the queue's events.

    Args:
        on_event: Who listens.
    """

    def __init__(self, on_event: OnEvent) -> None:
        self._on_event = on_event

    def queued(self, job: str, client: str | None, place: float) -> None:
        """Tell that a job is in the queue."""
        self._on_event(
            JobQueued(job=job, number=UNNUMBERED, time=time.time(), client=client, place=place)
        )

    def taken(self, job: str, client: str, crashes: int) -> None:
        """Tell that a job was taken."""
        self._on_event(
            JobTaken(
                job=job,
                number=UNNUMBERED,
                time=time.time(),
                client=client or None,
                crashes=crashes,
            )
        )

    def put_back(self, job: str, client: str, sentence: str, node_id: str | None) -> None:
        """Tell that a job waits again."""
        self._on_event(
            JobPutBack(
                job=job,
                number=UNNUMBERED,
                time=time.time(),
                client=client or None,
                sentence=sentence,
                node_id=node_id,
            )
        )

    def ended(self, job: str, client: str, status: JobStatus, error: JobError | None) -> None:
        """Tell that a job has ended."""
        self._on_event(
            JobEnded(
                job=job,
                number=UNNUMBERED,
                time=time.time(),
                client=client or None,
                status=status,
                error=error,
            )
        )

    def changed(self, pending: int, running: int, *, paused: bool) -> None:
        """Tell how many wait and run."""
        self._on_event(
            QueueChanged(
                job=NO_JOB,
                number=UNNUMBERED,
                time=time.time(),
                pending=pending,
                running=running,
                paused=paused,
            )
        )
