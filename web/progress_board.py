"""How far each node of the jobs that run is, as ComfyUI's `progress_state` tells it.

The message holds every node that has started, so it is told ten times a second at most, and the
last state always. Pure: told the time, and asked what is due.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph import events
from graph.jobs import queue_events

if TYPE_CHECKING:
    from graph.events import Event

PAUSE = 0.1
"""Seconds between two states of a job."""
_NODE = (events.NodeStarted, events.NodeProgress, events.NodeFinished, events.NodeErred)
OVER = (
    events.JobFinished,
    events.JobFailed,
    events.JobCancelled,
    queue_events.JobEnded,
    queue_events.JobPutBack,
)


@dataclass(slots=True)
class _Progress:
    """A job's nodes, and when they were last told."""

    nodes: dict[str, dict[str, object]] = field(default_factory=dict)
    due: float = 0.0
    changed: bool = False


class ProgressBoard:
    """The states of the jobs that run."""

    def __init__(self) -> None:
        self._jobs: dict[str, _Progress] = {}

    def hear(self, event: Event, now: float) -> dict[str, object] | None:
        """Take in an event; answers the state of its job if it is time to tell it."""
        if isinstance(event, events.JobStarted):
            self._jobs[event.job] = _Progress()
            return None
        if isinstance(event, OVER):
            job = self._jobs.pop(event.job, None)
            return self._state(event.job, job) if job is not None and job.changed else None
        if not isinstance(event, _NODE):
            return None
        job = self._jobs.setdefault(event.job, _Progress())
        self._note(job, event)
        job.changed = True
        return self._tell(event.job, job, now) if now >= job.due else None

    def due(self, now: float) -> list[tuple[str, dict[str, object]]]:
        """Return the jobs whose state it is time to tell, with it."""
        return [
            (job_id, self._tell(job_id, job, now))
            for job_id, job in self._jobs.items()
            if job.changed and now >= job.due
        ]

    @property
    def waiting(self) -> bool:
        """Whether something will be due."""
        return any(job.changed for job in self._jobs.values())

    def states(self) -> list[tuple[str, dict[str, object]]]:
        """Return all jobs that run with their states, for whoever comes in between."""
        return [
            (job_id, self._state(job_id, job)) for job_id, job in self._jobs.items() if job.nodes
        ]

    def _tell(self, job_id: str, job: _Progress, now: float) -> dict[str, object]:
        job.due, job.changed = now + PAUSE, False
        return self._state(job_id, job)

    @staticmethod
    def _state(job_id: str, job: _Progress) -> dict[str, object]:
        return {"prompt_id": job_id, "nodes": {key: {**node} for key, node in job.nodes.items()}}

    @staticmethod
    def _note(job: _Progress, event: events.NodeEvent) -> None:
        key = event.node_id
        node = job.nodes.get(key)
        if node is None:
            inner = event.display_node != key
            node = job.nodes[key] = {
                "value": 0,
                "max": 1,
                "state": "running",
                "node_id": key,
                "prompt_id": event.job,
                "display_node_id": event.display_node,
                "parent_node_id": event.display_node if inner else None,
                "real_node_id": event.display_node,
            }
        match event:
            case events.NodeProgress() if event.total:
                node["value"], node["max"] = event.value, event.total
            case events.NodeFinished():
                node["value"], node["state"] = node["max"], "finished"
            case events.NodeErred():
                node["state"] = "error"
            case _:
                node["state"] = "running"
