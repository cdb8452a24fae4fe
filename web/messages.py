"""What ComfyUI's clients are told, as values: messages and the facts in them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, TypeAlias

from graph.facts import fact

if TYPE_CHECKING:
    from graph.jobs.record import JobError

Data: TypeAlias = Mapping[str, object]
_REMEMBERED = 60_000


@fact()
class Message:
    """One message.

    Attributes:
        type: `executing`, …
        data: What it says.
        client: Whom it is for; None for everybody, an empty text for nobody.
        own: Whether it is ours and not ComfyUI's: only clients that ask for numbered events get it.
        more: What `data` has besides for those.
    """

    type: str
    data: Data
    client: str | None
    own: bool = False
    more: Data = field(default_factory=dict)


class Clients:
    """Who sent which job; of the last ones."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, str] = OrderedDict()

    def note(self, job: str, client: str | None) -> None:
        """Remember who sent a job."""
        self._known[job] = client or ""
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def knows(self, job: str) -> bool:
        """Whether a job was heard of."""
        return job in self._known

    def of(self, job: str) -> str:
        """Return who sent a job; an empty text if nobody did, or nobody knows."""
        return self._known.get(job, "")


def status_data(remaining: int, sid: str | None = None) -> dict[str, object]:
    """Return what `status` says, with the client's id where it is told that for the first time."""
    about: dict[str, object] = {"status": {"exec_info": {"queue_remaining": remaining}}}
    return about if sid is None else {**about, "sid": sid}


def failure(error: JobError, shown: Mapping[str, str], executed: list[str]) -> dict[str, object]:
    """Return what `execution_error` says of a job that failed.

    Args:
        error: Why.
        shown: Where in the workflow clients see a node.
        executed: The nodes that are done.
    """
    node = error.node_id
    return {
        "node_id": shown.get(node, node) if node is not None else None,
        "node_type": error.class_type,
        "executed": [*executed],
        **error_facts(error.sentence, error.exception_type, error.traceback),
        "current_inputs": error.inputs or {},
        "current_outputs": [*executed],
    }


def interruption(
    node: str | None, shown: Mapping[str, str], classes: Mapping[str, str], executed: list[str]
) -> dict[str, object]:
    """Return what `execution_interrupted` says of a job that was cancelled.

    Args:
        node: What ran, if anything did.
        shown: Where in the workflow clients see a node.
        classes: Of nodes.
        executed: The nodes that are done.
    """
    return {
        "node_id": shown.get(node, node) if node is not None else None,
        "node_type": classes.get(node, "") if node is not None else "",
        "executed": [*executed],
    }


def error_facts(sentence: str, exception_type: str, traceback: str) -> dict[str, object]:
    """Return what messages say of an exception."""
    return {
        "exception_message": sentence,
        "exception_type": exception_type,
        "traceback": traceback.splitlines(keepends=True),
        "current_inputs": {},
        "current_outputs": [],
    }


def milliseconds(seconds: float) -> int:
    """Return a time as clients want it: milliseconds since the epoch."""
    return int(seconds * 1000)
