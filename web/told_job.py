"""What is to be known of a job that runs, so that clients can be told of its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph import events
    from graph.jobs.record import JobError


@dataclass(slots=True)
class ToldJob:
    """What was heard of a job.

    Attributes:
        executed: Nodes that are done, in order.
        classes: Of the nodes that were heard of.
        shown: Where in the workflow clients see a node.
        current: Where they see the one that runs.
        held: Cached nodes that were not told yet; None while the job's start was not heard.
        told: Whether any were, or that there are none.
        erred: Nodes that failed, and how.
        failed: Whether it was told that the job did.
    """

    executed: list[str] = field(default_factory=list)
    classes: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    current: str | None = None
    held: list[events.NodeCached] | None = None
    told: bool = False
    erred: dict[str, JobError] = field(default_factory=dict)
    failed: bool = False
