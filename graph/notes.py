"""What is written down of a job's nodes: the report, later runs' reasons, and what is told."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph import events
from graph.cache import Entry, Inner
from graph.calls import sentence
from graph.errors import NodeFailed
from graph.files import FileStamp
from graph.reasons import explain
from graph.recipes import Intent
from graph.report import NodeReport
from graph.shown_inputs import show_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.checked import CheckedNode
    from graph.executor import Engine
    from graph.outcomes import Made, Task
    from graph.report import RunResult
    from graph.surroundings import Surroundings

_LONGEST = 100_000
"""Characters of a traceback that are told; the innermost calls are at its end."""


@dataclass(slots=True)
class Within:
    """What nodes did that stand for another one.

    Attributes:
        inner: What they told and wrote.
        reads: The files that they read.
        steady: Whether they would do the same again as long as these files do not change.
    """

    inner: list[Inner] = field(default_factory=list)
    reads: list[FileStamp] = field(default_factory=list)
    steady: bool = True


class Notes:
    """Made for one job.

    Args:
        engine: Remembers recipes.
        result: The report.
        around: Tells events.

    Attributes:
        cancelled_in: The node that was at work when the job was cancelled, if one was.
    """

    def __init__(self, engine: Engine, result: RunResult, around: Surroundings) -> None:
        self._engine = engine
        self._result = result
        self._around = around
        self.cancelled_in: str | None = None
        # What was done by the nodes that stand for a node, by that node.
        self._within: dict[str, Within] = {}

    def with_reason(
        self, node: CheckedNode, intent: Intent, known: Entry | None, *, files_gone: bool
    ) -> Intent:
        """Return an intent that says why the node would run."""
        reason = explain(
            self._engine.last_recipe(node.id),
            intent.recipe,
            links={**node.links, **node.raw} if node.raw else node.links,
            pure=intent.pure,
            files_gone=files_gone,
            known=known is not None,
            earlier=node.id not in self._engine.recipes,
        )
        return Intent(intent.recipe, intent.key, intent.pure, intent.reading, reason)

    def cached(self, node: CheckedNode, entry: Entry) -> None:
        """A node need not run, nor do those that would stand for it."""
        self._report(node, entry)
        self._around.tell(node, events.NodeCached, ui=entry.ui)
        self._pass_up(node, entry)
        for part in entry.inner:
            files = tuple(stamp.path for stamp in part.files)
            self._result.nodes[part.node_id] = NodeReport(
                part.node_id, part.class_type, "", cached=True, ui=part.ui, files=files
            )
            self._around.tell_inner(node, part)

    def made(self, made: Made) -> None:
        """A node ran."""
        node, output = made.task.node, made.output
        self._engine.remember(node.id, made.intent.recipe)
        self._engine.learn(node.definition.name, made.seconds)
        self._result.nodes[node.id] = NodeReport(
            node.id,
            node.definition.name,
            node.title,
            cached=False,
            reason=made.intent.reason,
            seconds=made.seconds,
            ui=output.ui,
            files=output.files,
        )
        self._around.tell(node, events.NodeFinished, seconds=made.seconds, ui=output.ui)
        self._pass_up(node, made.entry)

    def failed(
        self, node: CheckedNode, error: BaseException, linked: Mapping[str, object] | None
    ) -> NodeFailed:
        """A node failed, given what its links brought; answers what the job raises in the end."""
        failure = NodeFailed(node.id, node.definition.name, node.title, sentence(error))
        failure.__cause__ = error
        self._around.tell(
            node,
            events.NodeErred,
            sentence=str(failure),
            traceback="".join(traceback.format_exception(error))[-_LONGEST:],
            exception_type=_type_name(error),
            inputs=show_inputs(node, linked or {}),
        )
        return failure

    def keep_question(self, task: Task, names: tuple[str, ...]) -> None:
        """Remember what a node asked for, so that it need not be asked the next time."""
        self._engine.tiers.put(task.intent.key, Entry((), (), asks=names))

    def within(self, node: CheckedNode) -> Within:
        """Return what was done by the nodes that stand for a node."""
        return self._within.setdefault(node.id, Within())

    def _pass_up(self, node: CheckedNode, entry: Entry) -> None:
        """Note what a node did with the one that it stands for."""
        grown = self._around.grown
        parent = grown.get_parent_node_id(node.id) if grown else None
        if parent is None:
            return
        noted = self._within.setdefault(parent, Within())
        if entry.ui is not None or entry.files:
            own = Inner(node.id, node.definition.name, entry.ui, entry.own_files)
            noted.inner.append(own)
        noted.inner += entry.inner
        noted.reads += [*map(FileStamp.of, node.paths.values()), *entry.reads]
        steady = node.definition.pure and node.definition.fingerprint is None
        own_within = self._within.get(node.id)
        noted.steady = noted.steady and steady and (own_within is None or own_within.steady)

    def _report(self, node: CheckedNode, entry: Entry) -> None:
        files = tuple(stamp.path for stamp in entry.own_files) if entry.files else ()
        self._result.nodes[node.id] = NodeReport(
            node.id, node.definition.name, node.title, cached=True, ui=entry.ui, files=files
        )


def _type_name(error: BaseException) -> str:
    """An exception's type as tracebacks name it."""
    kind = type(error)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
