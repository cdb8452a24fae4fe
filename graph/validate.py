"""Check a workflow against the nodes there are, and report everything that is wrong at once.

Only what the outputs need is checked. An output is sound when all that it needs is, so that a
workflow with one broken and one sound output can still run the sound one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.checked import Checked, CheckedNode
from graph.coerce import show
from graph.complaints import Complaints
from graph.errors import describe_node
from graph.lookup import Lookup
from graph.node_check import NodeCheck
from graph.plan import circles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graph.definition import NodeDefinition
    from graph.folders import Folders
    from graph.problems import Problem
    from graph.registry import Registry
    from graph.workflow import Link, Workflow, WorkflowNode


def validate(
    workflow: Workflow,
    registry: Registry,
    folders: Folders,
    *,
    targets: Sequence[str] | None = None,
    outside: bool = False,
) -> Checked:
    """Check a workflow.

    Args:
        workflow: What to run.
        registry: The nodes there are.
        folders: Where its files should be.
        targets: Ids of the nodes to run; all output nodes by default.
        outside: Whether input files may be anywhere on this machine.
    """
    return _Check(workflow, registry, folders, outside=outside).run(targets)


class _Check:
    """One pass over a workflow, collecting as it goes."""

    def __init__(
        self, workflow: Workflow, registry: Registry, folders: Folders, *, outside: bool
    ) -> None:
        self._workflow = workflow.nodes
        self._lookup = Lookup(registry)
        self._complaints = Complaints()
        self._nodes: dict[str, CheckedNode] = {}
        self._inputs = NodeCheck(
            self._workflow, self._lookup, folders, self._complaints, outside=outside
        )

    def run(self, targets: Sequence[str] | None) -> Checked:
        wanted = self._outputs() if targets is None else self._targets(targets)
        needed = self._reachable(wanted)
        for key in needed:
            node = self._workflow[key]
            definition = self._definition(node)
            if definition is not None:
                self._nodes[key] = self._inputs.check(node, definition)
        self._check_order()
        absent = self._check_idle(needed, warn=targets is None and bool(wanted))
        broken = self._fed_by_unsound()
        return Checked(
            nodes=self._nodes,
            outputs=tuple(key for key in wanted if key not in broken),
            broken=tuple(key for key in wanted if key in broken),
            problems=self._complaints.in_order(self._workflow),
            warnings=tuple(self._complaints.warnings),
            absent=absent,
        )

    def _targets(self, targets: Sequence[str]) -> list[str]:
        for key in targets:
            if key not in self._workflow:
                self._complaints.of_workflow("invalid_target", "the id of a node", show(key))
        if not targets:
            self._complaints.of_workflow("prompt_no_outputs", "at least one target", "none")
        return [key for key in dict.fromkeys(targets) if key in self._workflow]

    def _outputs(self) -> list[str]:
        found = [node.id for node in self._workflow.values() if self._is_output(node)]
        if not found:
            for node in self._workflow.values():
                self._definition(node)
            self._complaints.of_workflow(
                "prompt_no_outputs",
                "a node that saves or shows something",
                f"{len(self._workflow)} nodes and none that does",
                "add SaveImage or PreviewImage",
            )
        return found

    def _is_output(self, node: WorkflowNode) -> bool:
        definition = self._lookup.get(node.class_type)
        return definition is not None and definition.output_node

    def _reachable(self, wanted: Iterable[str]) -> list[str]:
        """The nodes that the wanted ones need, as far as links lead to nodes that exist.

        Neighbours are near each other, for the processor's cache: it saves a fifth of a run.
        """
        seen: dict[str, None] = {}
        todo = list(wanted)
        while todo:
            key = todo.pop()
            if key not in seen and key in self._workflow:
                seen[key] = None
                todo.extend(self._feeding(self._workflow[key]))
        return [*reversed(seen)]

    def _feeding(self, node: WorkflowNode) -> Iterator[str]:
        """The nodes that a node reads: what is linked to inputs that it does not have is not."""
        definition = self._lookup.get(node.class_type)
        for name, link in node.links():
            if definition is None or definition.input(name) is not None:
                yield link.node

    def _definition(self, node: WorkflowNode) -> NodeDefinition | None:
        definition = self._lookup.get(node.class_type)
        if definition is None:
            self._unknown(node, self._complaints)
        return definition

    def _unknown(self, node: WorkflowNode, complaints: Complaints) -> None:
        found = self._lookup.closest(node.class_type)
        complaints.of_node(
            node,
            "invalid_prompt",
            "a class of node that is installed",
            show(node.class_type),
            f"did you mean '{found}'?" if found else "install the pack that has it",
        )

    def _check_idle(self, needed: Sequence[str], *, warn: bool) -> tuple[Problem, ...]:
        """Look for unknown classes that nothing needs: they might have been outputs."""
        if len(needed) == len(self._workflow):
            return ()
        aside, known = Complaints(), set(needed)
        for key, node in self._workflow.items():
            if key in known or self._lookup.get(node.class_type) is not None:
                continue
            self._unknown(node, aside)
            if warn:
                self._complaints.warnings.append(
                    f"{describe_node(key, node.class_type, node.title)} is left out: "
                    "no such class of node is installed"
                )
        return aside.in_order(self._workflow)

    def _check_order(self) -> None:
        nodes = self._nodes
        links = {
            key: [link.node for link in _all_links(node) if link.node in nodes]
            for key, node in nodes.items()
        }
        for circle in circles(links):
            node = self._workflow[circle[0]]
            got = f"a circle of nodes that feed each other: {' → '.join(circle)}"
            self._complaints.of_node(
                node, "dependency_cycle", "links without a circle", got, "cut one"
            )
            self._complaints.unsound.update(circle)

    def _fed_by_unsound(self) -> set[str]:
        """The nodes that have a problem, or need one that has."""
        if not self._complaints.unsound:
            return set()
        readers: dict[str, list[str]] = {}
        for node in self._nodes.values():
            for link in _all_links(node):
                readers.setdefault(link.node, []).append(node.id)
        broken: set[str] = set()
        todo = [*self._complaints.unsound, *(key for key in readers if key not in self._nodes)]
        while todo:
            key = todo.pop()
            if key not in broken:
                broken.add(key)
                todo.extend(readers.get(key, ()))
        return broken


def _all_links(node: CheckedNode) -> Iterable[Link]:
    """The links that a node waits for, also those whose values it does not get."""
    return (*node.links.values(), *node.raw.values()) if node.raw else node.links.values()
