"""Prompts to queue and what may come of them."""

from __future__ import annotations

from graph.jobs.record import NewJob, NodeRecord, Result

PROMPT: dict[str, object] = {
    "1": {"class_type": "Number", "inputs": {"value": 1}},
    "2": {"class_type": "Show", "inputs": {"value": ["1", 0]}},
}
RESULT = Result(
    nodes={"1": NodeRecord("Number", cached=False, reason="first run", seconds=0.25)},
    outputs={"2": {"text": ["1"]}},
)


def job(name: str, client: str | None = None, *, front: bool = False) -> NewJob:
    """A job of two nodes."""
    return NewJob(prompt=PROMPT, id=name, client=client, front=front)


def numbered(name: str, number: float, client: str | None = None) -> NewJob:
    """A job with a place of its own."""
    return NewJob(prompt=PROMPT, id=name, client=client, number=number)
