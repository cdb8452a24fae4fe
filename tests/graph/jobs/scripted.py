"""A backend that does what a script says: each job's script is run in turn, one a run."""

from __future__ import annotations

import time
from threading import Event as Flag
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from graph import events
from graph.backends.protocol import Done

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.backends.protocol import JobRequest, Outcome
    from graph.events import Event, OnEvent

    Script: TypeAlias = Callable[["Scripted", JobRequest, OnEvent], Outcome]


def node(job: str, kind: type[events.NodeEvent], node_id: str = "1", **facts: object) -> Event:
    """An event of a node."""
    about: dict[str, object] = {"node_id": node_id, "class_type": "Stub", "display_node": node_id}
    return kind(job=job, number=0, time=time.time(), **about, **facts)  # type: ignore[arg-type]


def well(backend: Scripted, request: JobRequest, on_event: OnEvent) -> Outcome:
    """Run one node and be done."""
    job = request.id
    on_event(events.JobStarted(job=job, number=0, time=time.time(), nodes=("1",)))
    on_event(node(job, events.NodeStarted, reason="first run"))
    on_event(node(job, events.NodeFinished, seconds=0.5, ui={"text": ["done"]}))
    on_event(events.JobFinished(job=job, number=3, time=time.time(), seconds=0.5))
    return Done(0.5, warnings=("odd",))


class Scripted:
    """Runs scripts.

    Attributes:
        ran: Ids of the jobs that were run, in order.
        cancelled: Set when the job that runs was asked to stop; scripts may wait for it.
        begun: Set when a job runs; scripts may clear it.
    """

    def __init__(self, **scripts: list[Script]) -> None:
        self._scripts = scripts
        self._lock = Lock()
        self._job = ""
        self.ran: list[str] = []
        self.begun = Flag()
        self.cancelled = Flag()

    def run(self, request: JobRequest, on_event: OnEvent) -> Outcome:
        """Run the job's next script, or else `well`."""
        with self._lock:
            self.cancelled.clear()
            self._job = request.id
            self.ran.append(request.id)
            scripts = self._scripts.get(request.id)
            script = scripts.pop(0) if scripts else well
            self.begun.set()
            return script(self, request, on_event)

    def hand_over(self, _request: JobRequest, _on_returned: Callable[[], None], /) -> bool:
        """Nothing runs before it is told to."""
        return False

    def cancel(self, job_id: str) -> None:
        """Ask the job to stop if it is the one that runs."""
        if job_id == self._job:
            self.cancelled.set()

    def close(self, seconds: float = 5.0) -> None:
        """Nothing is held."""
