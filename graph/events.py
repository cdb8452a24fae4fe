"""What happens to a job, told to whoever listens. Frozen facts, numbered from 0 within a job.

The engine knows no clients: a progress bar, a WebSocket and a history row all read the same events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Anything that happens to a job.

    Attributes:
        job: The job's id.
        number: Counts the job's events from 0.
        time: Seconds since the epoch.
    """

    job: str
    number: int
    time: float


@dataclass(frozen=True, slots=True)
class WholePicture:
    """A picture that a node hands to whoever asked for it, who must not miss it.

    Attributes:
        content: The bytes of a PNG or JPEG.
    """

    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStarted(Event):
    """Work begins. `nodes` are all that the run may need, in order."""

    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFinished(Event):
    """Everything is done, in `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCancelled(Event):
    """The job was cancelled, at `node_id` if one was running."""

    node_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailed(Event):
    """Some node failed and all that does not depend on it is done, in `seconds`.

    `node_id` is the first of those that failed, in the order of the plan.
    """

    seconds: float
    node_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEvent(Event):
    """Anything that happens to a node of a job.

    Attributes:
        node_id: The node; it need not be in the workflow, but may have come out of another one.
        class_type: Its class.
        display_node: The node of the workflow that clients should show it on.
    """

    node_id: str
    class_type: str
    display_node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCached(NodeEvent):
    """The node need not run. `ui` is what clients were told when it did."""

    ui: Mapping[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStarted(NodeEvent):
    """The node runs, and `reason` says why its result was not in the cache."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeProgress(NodeEvent):
    """The node has done `value` of `total` steps, lately at `seconds_per_step`.

    `preview` is a glimpse of the result, to be called by those who want to see it; a `WholePicture`
    is the result itself. Where `total` is 0, it tells of the picture and not of steps.
    """

    value: int
    total: int
    seconds_per_step: float | None
    preview: object | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeWarning(NodeEvent):
    """The node says something that is no error."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFinished(NodeEvent):
    """The node is done after `seconds`; `ui` is what it wants clients to be told."""

    seconds: float
    ui: Mapping[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeErred(NodeEvent):
    """The node raised: one sentence, and apart from it the traceback.

    What depends on it does not run; the rest does, and then `JobFailed` is told. `inputs` says in
    few words what the node was given, a list for each.
    """

    sentence: str
    traceback: str
    exception_type: str = ""
    inputs: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeBlocked(NodeEvent):
    """The node does not run, because a node before it said so, with a message for the user."""

    message: str


OnEvent: TypeAlias = Callable[[Event], None]
