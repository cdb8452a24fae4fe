"""Check a workflow against the nodes there are, and report everything that is wrong at once.

Only what the outputs need is checked. An output is sound when all that it needs is, so that a
workflow with one broken and one sound output can still run the sound one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.checked import Checked, CheckedNode
from graph.coerce import WrongValueError, coerce, locate, show
from graph.definition import MISSING, InputSpec, NodeDefinition
from graph.errors import describe_node
from graph.plan import circles
from graph.problems import Problem
from graph.sockets import FILES, Socket, fits
from graph.suggest import closest
from graph.workflow import Link, Workflow, WorkflowNode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from graph.folders import Folders
    from graph.registry import Registry


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
        self._registry = registry
        self._folders = folders
        self._outside = outside
        self._nodes: dict[str, CheckedNode] = {}
        self._problems: list[Problem] = []
        self._warnings: list[str] = []
        self._unsound: set[str] = set()
        # By class that is not known the closest one that is; many nodes may share a missing class.
        self._closest: dict[str, str | None] = {}

    def run(self, targets: Sequence[str] | None) -> Checked:
        wanted = self._targets(targets)
        needed = self._reachable(wanted)
        for key in needed:
            self._check_node(self._workflow[key])
        self._check_order()
        if targets is None and wanted:
            self._check_idle(needed)
        broken = self._fed_by_unsound()
        return Checked(
            nodes=self._nodes,
            outputs=tuple(key for key in wanted if key not in broken),
            broken=tuple(key for key in wanted if key in broken),
            problems=self._in_file_order(),
            warnings=tuple(self._warnings),
        )

    def _targets(self, targets: Sequence[str] | None) -> list[str]:
        if targets is not None:
            for key in targets:
                if key not in self._workflow:
                    self._complain(None, "invalid_target", "the id of a node", show(key))
            if not targets:
                self._complain(None, "prompt_no_outputs", "at least one target", "none")
            return [key for key in dict.fromkeys(targets) if key in self._workflow]
        found = [node.id for node in self._workflow.values() if self._is_output(node)]
        if not found:
            for node in self._workflow.values():
                self._definition(node)
            self._complain(
                None,
                "prompt_no_outputs",
                "a node that saves or shows something",
                f"{len(self._workflow)} nodes and none that does",
                "add SaveImage or PreviewImage",
            )
        return found

    def _is_output(self, node: WorkflowNode) -> bool:
        definition = self._registry.get(node.class_type)
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
        definition = self._registry.get(node.class_type)
        for name, link in node.links():
            if definition is None or definition.input(name) is not None:
                yield link.node

    def _definition(self, node: WorkflowNode) -> NodeDefinition | None:
        definition = self._registry.get(node.class_type)
        if definition is None:
            if node.class_type not in self._closest:
                self._closest[node.class_type] = self._registry.closest(node.class_type)
            found = self._closest[node.class_type]
            self._complain(
                node,
                "invalid_prompt",
                "a class of node that is installed",
                show(node.class_type),
                f"did you mean '{found}'?" if found else "install the pack that has it",
            )
        return definition

    def _check_node(self, node: WorkflowNode) -> None:
        definition = self._definition(node)
        if definition is None:
            return
        constants: dict[str, object] = {}
        links: dict[str, Link] = {}
        paths: dict[str, Path] = {}
        for spec in definition.inputs:
            value = node.inputs.get(spec.name, MISSING)
            if value is MISSING:
                self._check_absent(node, spec)
            elif isinstance(value, Link):
                self._check_link(node, spec, value)
                links[spec.name] = value
            else:
                self._check_constant(node, spec, value, constants, paths)
        if len(node.inputs) > len(constants) + len(links):
            self._check_unknown(node, definition)
        self._nodes[node.id] = CheckedNode(node.id, node.title, definition, constants, links, paths)

    def _check_absent(self, node: WorkflowNode, spec: InputSpec) -> None:
        if not spec.required:
            return
        what = f"a link of type {spec.kind.type}"
        if not isinstance(spec.kind, Socket):
            default = "" if spec.default is MISSING else f", {show(spec.default)} for instance"
            what = f"a value or link of type {spec.kind.type}{default}"
        close = closest(spec.name, node.inputs)
        remedy = f"is '{close}' a misspelling of it?" if close else "connect or fill in the input"
        self._complain(node, "required_input_missing", what, "nothing", remedy, spec.name)

    def _check_link(self, node: WorkflowNode, spec: InputSpec, link: Link) -> None:
        source = self._workflow.get(link.node)
        wanted = f"a link from an output of type {spec.kind.type}"
        if source is None:
            got = f"one from node {link.node}, which does not exist"
            self._complain(node, "bad_linked_input", wanted, got, "", spec.name)
            return
        definition = self._registry.get(source.class_type)
        if definition is None:
            self._unsound.add(node.id)  # the source's own problem says why
            return
        if not 0 <= link.slot < len(definition.outputs):
            got = f"one from output {link.slot} of {definition.name} (node {source.id}), which has "
            got += f"{len(definition.outputs)} outputs"
            self._complain(node, "bad_linked_input", wanted, got, "", spec.name)
            return
        output = definition.outputs[link.slot]
        if not fits(output.type, spec.kind.type):
            got = f"{output.type} from {definition.name} (node {source.id})"
            self._complain(node, "return_type_mismatch", wanted, got, "", spec.name)

    def _check_constant(
        self,
        node: WorkflowNode,
        spec: InputSpec,
        value: object,
        constants: dict[str, object],
        paths: dict[str, Path],
    ) -> None:
        kind = spec.kind
        # A socket without a field takes typed-in values only where it takes anything.
        if isinstance(kind, Socket) and kind.type != "*":
            wanted = f"a link of type {kind.type}"
            self._complain(node, "bad_linked_input", wanted, show(value), "", spec.name)
            return
        try:
            constants[spec.name] = coerced = coerce(kind, value, self._folders)
            if isinstance(kind, FILES):
                paths[spec.name] = locate(kind, str(coerced), self._folders, outside=self._outside)
        except WrongValueError as wrong:
            self._complain(node, wrong.type, wrong.expected, wrong.got, wrong.remedy, spec.name)

    def _check_unknown(self, node: WorkflowNode, definition: NodeDefinition) -> None:
        known = {spec.name for spec in definition.inputs}
        for name in node.inputs:
            if name not in known and name not in definition.hidden:
                self._warnings.append(
                    f"{definition.name} (node {node.id}) has no input '{name}'; it is ignored"
                )

    def _check_idle(self, needed: Iterable[str]) -> None:
        """Warn of unknown classes that nothing needs: they might have been outputs."""
        idle = self._workflow.keys() - set(needed)
        for key in [key for key in self._workflow if key in idle]:
            node = self._workflow[key]
            if self._registry.get(node.class_type) is None:
                self._warnings.append(
                    f"{describe_node(key, node.class_type, node.title)} is left out: "
                    "no such class of node is installed"
                )

    def _check_order(self) -> None:
        nodes = self._nodes
        links = {
            key: [link.node for link in node.links.values() if link.node in nodes]
            for key, node in nodes.items()
        }
        for circle in circles(links):
            node = self._workflow[circle[0]]
            got = f"a circle of nodes that feed each other: {' → '.join(circle)}"
            self._complain(node, "dependency_cycle", "links without a circle", got, "cut one")
            self._unsound.update(circle)

    def _fed_by_unsound(self) -> set[str]:
        """The nodes that have a problem, or need one that has."""
        if not self._unsound:
            return set()
        readers: dict[str, list[str]] = {}
        for node in self._nodes.values():
            for link in node.links.values():
                readers.setdefault(link.node, []).append(node.id)
        broken: set[str] = set()
        todo = [*self._unsound, *(key for key in readers if key not in self._nodes)]
        while todo:
            key = todo.pop()
            if key not in broken:
                broken.add(key)
                todo.extend(readers.get(key, ()))
        return broken

    def _in_file_order(self) -> tuple[Problem, ...]:
        """The problems: those of the workflow as a whole, then node by node."""
        if not self._problems:
            return ()
        rank = {key: index for index, key in enumerate(self._workflow)}
        return tuple(sorted(self._problems, key=lambda problem: rank.get(problem.node_id, -1)))

    def _complain(
        self,
        node: WorkflowNode | None,
        type_: str,
        expected: str,
        got: str,
        remedy: str = "",
        input_: str = "",
    ) -> None:
        problem = Problem(type=type_, expected=expected, got=got, remedy=remedy, input=input_)
        if node is not None:
            self._unsound.add(node.id)
            problem = Problem(
                type=type_,
                expected=expected,
                got=got,
                remedy=remedy,
                input=input_,
                node_id=node.id,
                class_type=node.class_type,
                title=node.title,
            )
        self._problems.append(problem)
