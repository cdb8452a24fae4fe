"""Check one node of a workflow: its inputs are there, hold what they should, and links fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph.checked import CheckedNode
from graph.coerce import WrongValueError, coerce, locate, named_beside, show
from graph.definition import MISSING, InputSpec, NodeDefinition
from graph.own_check import run_own_check
from graph.sockets import FILES, Foreign, Socket, fits
from graph.suggest import closest
from graph.workflow import Link, WorkflowNode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graph.complaints import Complaints
    from graph.folders import Folders
    from graph.lookup import Lookup

_FIELDS = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"})


@dataclass(slots=True)
class _Inputs:
    """What a node is fed with, as far as it was looked at."""

    constants: dict[str, object] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    raw: dict[str, Link] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)


class NodeCheck:
    """Checks nodes of one workflow.

    Args:
        nodes: All nodes of the workflow, by id.
        lookup: The classes there are.
        folders: Where files should be.
        complaints: Told what is wrong.
        outside: Whether input files may be anywhere on this machine.
    """

    def __init__(
        self,
        nodes: Mapping[str, WorkflowNode],
        lookup: Lookup,
        folders: Folders,
        complaints: Complaints,
        *,
        outside: bool,
    ) -> None:
        self._nodes = nodes
        self._lookup = lookup
        self._folders = folders
        self._complaints = complaints
        self._outside = outside

    def check(self, node: WorkflowNode, definition: NodeDefinition) -> CheckedNode:
        """Check a node of a known class; what is left of a broken one has no meaning."""
        found = _Inputs()
        for spec in definition.inputs:
            value = node.inputs.get(spec.name, MISSING)
            if value is MISSING:
                self._check_absent(node, spec)
            else:
                self._check_input(node, definition, spec, value, found)
        if len(node.inputs) > len(found.constants) + len(found.links) + len(found.raw):
            self._check_others(node, definition, found)
        if definition.own_check is not None and node.id not in self._complaints.unsound:
            self._ask(node, definition, found)
        constants, links, paths = found.constants, found.links, found.paths
        if not found.raw:
            return CheckedNode(node.id, node.title, definition, constants, links, paths)
        return CheckedNode(node.id, node.title, definition, constants, links, paths, raw=found.raw)

    def _check_input(
        self,
        node: WorkflowNode,
        definition: NodeDefinition,
        spec: InputSpec,
        value: object,
        found: _Inputs,
    ) -> None:
        own = definition.own_check
        if isinstance(value, Link):
            self._check_link(node, spec, value, typed=own is None or not own.takes_types)
            (found.raw if spec.raw_link else found.links)[spec.name] = value
            found.paths.update(named_beside(spec.kind, None, self._folders))
        elif not spec.link_only:
            ranged = own is None or not own.wants(spec.name)
            self._check_constant(node, spec, value, found, ranged=ranged)

    def _check_absent(self, node: WorkflowNode, spec: InputSpec) -> None:
        if not spec.required:
            return
        what = f"a link of type {spec.kind.type}"
        if _has_field(spec):
            default = "" if spec.default is MISSING else f", {show(spec.default)} for instance"
            what = f"a value or link of type {spec.kind.type}{default}"
        close = closest(spec.name, node.inputs)
        remedy = f"is '{close}' a misspelling of it?" if close else "connect or fill in the input"
        self._complaints.of_node(node, "required_input_missing", what, "nothing", remedy, spec.name)

    def _check_link(self, node: WorkflowNode, spec: InputSpec, link: Link, *, typed: bool) -> None:
        source = self._nodes.get(link.node)
        wanted = f"a link from an output of type {spec.kind.type}"
        if source is None:
            got = f"one from node {link.node}, which does not exist"
            self._complaints.of_node(node, "bad_linked_input", wanted, got, "", spec.name)
            return
        definition = self._lookup.get(source.class_type)
        if definition is None:
            self._complaints.unsound.add(node.id)  # the source's own problem says why
            return
        if not 0 <= link.slot < len(definition.outputs):
            got = f"one from output {link.slot} of {definition.name} (node {source.id}), which has "
            got += f"{len(definition.outputs)} outputs"
            self._complaints.of_node(node, "bad_linked_input", wanted, got, "", spec.name)
            return
        output = definition.outputs[link.slot]
        if typed and not fits(output.type, spec.kind.type):
            got = f"{output.type} from {definition.name} (node {source.id})"
            self._complaints.of_node(node, "return_type_mismatch", wanted, got, "", spec.name)

    def _check_constant(
        self, node: WorkflowNode, spec: InputSpec, value: object, found: _Inputs, *, ranged: bool
    ) -> None:
        kind = spec.kind
        # A socket without a field takes typed-in values only where it takes anything.
        if isinstance(kind, Socket) and kind.type != "*":
            wanted = f"a link of type {kind.type}"
            self._complaints.of_node(node, "bad_linked_input", wanted, show(value), "", spec.name)
            return
        try:
            found.constants[spec.name] = coerced = coerce(kind, value, self._folders, ranged=ranged)
            if isinstance(kind, FILES):
                found.paths[spec.name] = locate(
                    kind, str(coerced), self._folders, outside=self._outside
                )
            found.paths.update(named_beside(kind, coerced, self._folders))
        except WrongValueError as wrong:
            # A list where none is to be is a link that its sender got wrong.
            malformed = isinstance(value, list) and wrong.type == "invalid_input_type"
            type_ = "bad_linked_input" if malformed else wrong.type
            self._complaints.of_node(
                node, type_, wrong.expected, wrong.got, wrong.remedy, spec.name
            )

    def _check_others(self, node: WorkflowNode, definition: NodeDefinition, found: _Inputs) -> None:
        """Check the inputs that the class does not list."""
        known = {spec.name for spec in definition.inputs}
        for name, value in node.inputs.items():
            if name in known or name in definition.hidden:
                continue
            spec = definition.undeclared(name) if definition.undeclared else None
            if spec is not None:
                self._check_input(node, definition, spec, value, found)
            if spec is None or (spec.link_only and not isinstance(value, Link)):
                self._complaints.warnings.append(
                    f"{definition.name} (node {node.id}) has no input '{name}'; it is ignored"
                )

    def _ask(self, node: WorkflowNode, definition: NodeDefinition, found: _Inputs) -> None:
        """Have the node's own check look at its inputs."""
        linked = {**found.links, **found.raw}
        types = {name: self._type(link) for name, link in linked.items()}
        verdict = run_own_check(definition, node.id, found.constants, types)
        if verdict is not None:
            self._complaints.of_node(node, *verdict)

    def _type(self, link: Link) -> str:
        definition = self._lookup.get(self._nodes[link.node].class_type)
        return definition.outputs[link.slot].type if definition else "*"


def _has_field(spec: InputSpec) -> bool:
    """Whether an input is typed in where it is not linked."""
    if isinstance(spec.kind, Foreign):
        return spec.kind.name in _FIELDS
    return not isinstance(spec.kind, Socket)
