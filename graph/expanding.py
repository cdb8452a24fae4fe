"""Nodes that stand for others: taken into a job, and read when they are done."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.calls import merge
from graph.errors import ExpansionError
from graph.expanded import as_link, check_expansion
from graph.plan import feeders, lazy_feeders
from graph.reach import beyond, is_told
from graph.result import Expansion, NodeOutput
from graph.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.cache import Entry
    from graph.checked import CheckedNode
    from graph.definition import NodeDefinition
    from graph.executor import Engine
    from graph.files import FileStamp
    from graph.notes import Within
    from graph.outcomes import Expanded, Made
    from graph.surroundings import Surroundings
    from graph.work import Worker
    from graph.workflow import Link, Workflow


@dataclass(frozen=True, slots=True)
class Added:
    """Nodes that join a run, in the state machine's terms."""

    sources: Mapping[str, list[str]]
    lazy: Mapping[str, Mapping[str, str]]
    results: list[str]
    outputs: list[str]


class Expansions:
    """Those of one job.

    Args:
        engine: Knows the nodes there are.
        workflow: What runs, as it was given; expansions may reach for nodes that nothing needs.
        nodes: All nodes of the job, by id; new ones are added.
        around: Keeps the prompt as nodes see it.
    """

    def __init__(
        self,
        engine: Engine,
        workflow: Workflow,
        nodes: dict[str, CheckedNode],
        around: Surroundings,
    ) -> None:
        self._engine = engine
        self._workflow = workflow
        self._nodes = nodes
        self._around = around
        self._outcomes: dict[str, Expanded] = {}
        self._reached: dict[str, tuple[bool, list[FileStamp]]] = {}

    def outcome(self, node: CheckedNode) -> Expanded:
        """Return what a node gave back when it ran."""
        return self._outcomes[node.id]

    def expand(self, outcome: Expanded) -> Added:
        """Take in the nodes that stand for one.

        Raises:
            ExpansionError: They cannot run.
        """
        parent = outcome.task.node
        added: dict[str, CheckedNode] = {}
        for part in outcome.results:
            if isinstance(part, Expansion):
                checked = check_expansion(
                    part.nodes,
                    self._engine.registry,
                    self._engine.folders,
                    self._existing,
                    outside=self._engine.outside,
                )
                self._nodes |= checked
                self._around.add(parent.id, part.nodes)
                added |= checked
        links = [*self._result_links(outcome)]
        reached = beyond(parent, added, links)
        added |= self._outer(added, links)
        if reached:
            self._reached[parent.id] = is_told(parent, reached, self._nodes)
        self._outcomes[parent.id] = outcome
        return Added(
            sources={key: feeders(node) for key, node in added.items()},
            lazy={key: found for key, node in added.items() if (found := lazy_feeders(node))},
            results=[link.node for link in links],
            outputs=[
                key
                for key, node in added.items()
                if node.definition.output_node and key not in self._workflow.nodes
            ],
        )

    def collect(
        self, outcome: Expanded, made: Mapping[str, Entry], worker: Worker, within: Within
    ) -> Made:
        """Make a node's values of those of the nodes that stand for it.

        Args:
            outcome: What the node gave back when it ran.
            made: The results of those nodes.
            worker: Keeps the result.
            within: What those nodes did besides.

        Raises:
            DefinitionError: They are not what the node's class declares.
        """
        known: dict[int, bytes] = {}
        outputs: list[NodeOutput] = []
        for part in outcome.results:
            if isinstance(part, NodeOutput):
                outputs.append(part)
                continue
            values: list[object] = []
            for slot, value in enumerate(part.values):
                link = self._linked(value)
                entry = made[link.node] if link else None
                if link is None or entry is None or entry.values is None:
                    values.append(value)
                    continue
                values.append(entry.values[link.slot])
                known[slot] = entry.identities[link.slot]
            outputs.append(NodeOutput(tuple(values), part.ui))
        definition = outcome.task.node.definition
        output = merge(outputs, definition, mapped=outcome.mapped)
        if outcome.mapped or any(spec.is_list for spec in definition.outputs):
            known = {}
        seconds = time.perf_counter() - outcome.began
        if outcome.task.node.id in self._reached:
            steady, files = self._reached[outcome.task.node.id]
            within.steady = within.steady and steady
            within.reads += files
        return worker.keep(outcome.task, output, seconds, within=within, known=known)

    def _existing(self, key: str) -> NodeDefinition | None:
        node = self._nodes.get(key)
        if node is not None:
            return node.definition
        outer = self._workflow.nodes.get(key)
        return self._engine.registry.get(outer.class_type) if outer else None

    def _linked(self, value: object) -> Link | None:
        """The link that a result is, if it leads to a node that is there."""
        link = as_link(value)
        return link if link is not None and self._existing(link.node) is not None else None

    def _result_links(self, outcome: Expanded) -> Iterable[Link]:
        outputs = outcome.task.node.definition.outputs
        for part in outcome.results:
            values = part.values if isinstance(part, Expansion) else ()
            for spec, value in zip(outputs, values, strict=True) if values else ():
                link = as_link(value)
                if link is None:
                    continue
                definition = self._existing(link.node)
                if definition is None:
                    if spec.is_list:  # two items that look like a link
                        continue
                    raise ExpansionError(
                        f"a result of the expansion is linked to node {link.node}, which is "
                        "neither in the expansion nor in the workflow"
                    )
                count = len(definition.outputs)
                if not 0 <= link.slot < count:
                    raise ExpansionError(
                        f"a result of the expansion is linked to output {link.slot} of node "
                        f"{link.node}, which has {count} outputs"
                    )
                yield link

    def _outer(
        self, added: Mapping[str, CheckedNode], links: Iterable[Link]
    ) -> dict[str, CheckedNode]:
        """The nodes of the workflow that nothing needed before the expansion did."""
        wanted = {link.node for node in added.values() for link in node.links.values()}
        wanted |= {link.node for node in added.values() for link in node.raw.values()}
        wanted |= {link.node for link in links}
        missing = [key for key in wanted if key not in self._nodes]
        if not missing:
            return {}
        checked = validate(
            self._workflow,
            self._engine.registry,
            self._engine.folders,
            targets=missing,
            outside=self._engine.outside,
        )
        if checked.broken:
            text = " ".join(str(problem) for problem in checked.problems)
            raise ExpansionError(f"the expansion reaches for nodes that cannot run: {text}")
        found = {key: node for key, node in checked.nodes.items() if key not in self._nodes}
        self._nodes |= found
        return found
