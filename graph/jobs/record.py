"""What is known of a job: what was asked for, how it goes, what came of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from graph.facts import fact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.backends.protocol import JobRequest


class JobStatus(StrEnum):
    """How far a job is."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


Crashes: TypeAlias = tuple[str | None, ...]
"""At which node each worker died that tried to run a job; None where no node ran."""

OPEN: Final = (JobStatus.PENDING, JobStatus.RUNNING)
ENDED: Final = (JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED)


@fact(kw_only=True)
class NewJob:
    """What somebody wants done.

    Attributes:
        prompt: The workflow in the API format.
        id: The job's id; made up by default.
        client: Who wants it, and whose turn it takes; None for nobody in particular.
        extra_data: What came with it; `extra_pnginfo` is what pictures will carry.
        targets: Ids of the nodes to run; None for all output nodes.
        outputs: Ids of the output nodes that were found fit to run, for clients to be told.
        number: A place in line, lower first, instead of waiting for the client's turn.
        front: Whether to go ahead of everybody; then `number` does not count.
    """

    prompt: Mapping[str, object]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    client: str | None = None
    extra_data: Mapping[str, object] = field(default_factory=dict)
    targets: tuple[str, ...] | None = None
    outputs: tuple[str, ...] = ()
    number: float | None = None
    front: bool = False


@fact()
class Accepted:
    """A job that is in the queue and will not get lost.

    Attributes:
        id: Its id.
        number: What clients are told: the number that they gave, or else the count of jobs so far,
            negative for one that went to the front.
    """

    id: str
    number: float


@fact()
class Taken:
    """A job that was taken from the queue to be run.

    Attributes:
        request: What to run.
        crashes: What became of earlier attempts.
    """

    request: JobRequest
    crashes: Crashes = ()


class NodeRecord(NamedTuple):
    """What a node of a job did.

    Attributes:
        class_type: Its class.
        cached: Whether it need not run.
        reason: Why it ran; empty if it did not.
        seconds: How long it ran, in all its runs.
        display_node: The node of the workflow that clients should show it on.
    """

    class_type: str
    cached: bool
    reason: str = ""
    seconds: float = 0.0
    display_node: str = ""


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed.

    Attributes:
        sentence: What went wrong, for the user.
        traceback: Apart from it; may be empty.
        node_id: Where; None when it concerns the workflow or the worker.
        class_type: The node's class; may be empty.
        exception_type: The name of what was raised; may be empty.
        inputs: What the node was given, in few words, a list for each, if that is known.
    """

    sentence: str
    traceback: str = ""
    node_id: str | None = None
    class_type: str = ""
    exception_type: str = ""
    inputs: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a job.

    Attributes:
        nodes: By id, those that ran or need not.
        outputs: What clients are told, by node.
        error: Why it failed, or where it was cancelled; None otherwise.
        problems: What was wrong with the workflow, as fields of `graph.problems.Problem`.
        warnings: What else was odd, in sentences.
    """

    nodes: Mapping[str, NodeRecord] = field(default_factory=dict)
    outputs: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    error: JobError | None = None
    problems: tuple[Mapping[str, object], ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """How a job goes.

    Attributes:
        serial: Counts jobs in the order of arrival.
        id: Its id.
        status: How far it is.
        number: What clients are told of its place.
        client: Who wants it.
        workflow: The id that the editor gave the workflow.
        created: When it came, in seconds since the epoch.
        started: When it was last begun, or None.
        ended: When it ended, or None.
        crashes: What became of attempts that brought their worker down.
    """

    serial: int
    id: str
    status: JobStatus
    number: float
    client: str | None
    workflow: str | None
    created: float
    started: float | None
    ended: float | None
    crashes: Crashes

    @property
    def attempts(self) -> int:
        """How many workers died of it."""
        return len(self.crashes)


@dataclass(frozen=True, slots=True)
class JobRecord:
    """Everything that is known of a job.

    Attributes:
        row: How it goes.
        prompt: The workflow in the API format.
        extra_data: What came with it.
        targets: Ids of the nodes to run; None for all output nodes.
        outputs: Ids of the output nodes that were found fit to run.
        result: What came of it; nothing yet while it is not ended.
    """

    row: JobRow
    prompt: Mapping[str, object]
    extra_data: Mapping[str, object]
    targets: tuple[str, ...] | None
    outputs: tuple[str, ...]
    result: Result
