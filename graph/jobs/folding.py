"""Folds a job's events into what history keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.errors import describe_node
from graph.events import (
    NodeBlocked,
    NodeCached,
    NodeErred,
    NodeEvent,
    NodeFinished,
    NodeStarted,
    NodeWarning,
)
from graph.jobs.record import JobError, NodeRecord, Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.events import Event


def error_of(event: NodeErred) -> JobError:
    """Return why a job fails of which a node did."""
    return JobError(
        event.sentence,
        event.traceback,
        event.node_id,
        event.class_type,
        event.exception_type,
        event.inputs,
    )


class Folding:
    """What one attempt at a job has come to so far. Events that it does not know change nothing."""

    def __init__(self) -> None:
        self._nodes: dict[str, NodeRecord] = {}
        self._outputs: dict[str, Mapping[str, object]] = {}
        self._warnings: list[str] = []
        self._under_way: dict[str, None] = {}
        self.error: JobError | None = None
        """What the first node that failed said."""

    @property
    def under_way(self) -> str | None:
        """The node that runs, the last one that started if they are several."""
        return next(reversed(self._under_way), None)

    def class_of(self, node_id: str | None) -> str:
        """Return the class of a node that was heard of; empty for others."""
        record = self._nodes.get(node_id or "")
        return record.class_type if record else ""

    def hear(self, event: Event) -> None:
        """Take in an event."""
        if not isinstance(event, NodeEvent):
            return
        key = event.node_id
        match event:
            case NodeCached():
                self._nodes[key] = self._record(event, cached=True)
                self._show(key, event.ui)
            case NodeStarted():
                before = self._nodes.get(key)
                seconds = 0.0 if before is None else before.seconds
                self._nodes[key] = self._record(event, reason=event.reason, seconds=seconds)
                self._under_way[key] = None
            case NodeFinished():
                before = self._nodes.get(key)
                reason = "" if before is None else before.reason
                seconds = event.seconds + (0.0 if before is None else before.seconds)
                self._nodes[key] = self._record(event, reason=reason, seconds=seconds)
                self._under_way.pop(key, None)
                self._show(key, event.ui)
            case NodeErred():
                self._under_way.pop(key, None)
                self.error = self.error or error_of(event)
            case NodeBlocked():
                self._warn(event, event.message)
            case NodeWarning():
                self._warn(event, event.text)
            case _:
                pass

    def result(
        self,
        error: JobError | None = None,
        problems: tuple[Mapping[str, object], ...] = (),
        warnings: tuple[str, ...] = (),
    ) -> Result:
        """Return what history is to keep, with what else is known of the end."""
        heard = tuple(self._warnings)
        return Result(self._nodes, self._outputs, error, problems, (*warnings, *heard))

    @staticmethod
    def _record(
        event: NodeEvent, *, cached: bool = False, reason: str = "", seconds: float = 0.0
    ) -> NodeRecord:
        return NodeRecord(event.class_type, cached, reason, seconds, event.display_node)

    def _show(self, key: str, ui: Mapping[str, object] | None) -> None:
        if ui is not None:
            self._outputs[key] = ui

    def _warn(self, event: NodeEvent, text: str) -> None:
        self._warnings.append(f"{describe_node(event.node_id, event.class_type)}: {text}")
