"""Workflows that come again as they were are read, checked and laid out once.

That is what happens when somebody queues a workflow and nothing has changed, and most of what is to
be done then. What may have changed all the same, files above all, is looked at again each time.
"""

from __future__ import annotations

import marshal
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from graph.complaints import Complaints
from graph.formats.api import parse_api
from graph.lookup import Lookup
from graph.node_check import NodeCheck
from graph.plan import make_plan
from graph.problems import InvalidWorkflowError
from graph.sockets import FILES, Combo, String
from graph.validate import validate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.checked import Checked, CheckedNode
    from graph.folders import Folders
    from graph.plan import Plan
    from graph.registry import Registry
    from graph.sockets import Kind
    from graph.workflow import Workflow

_MOST: Final = 4
"""Workflows that are remembered."""
_EXACT: Final = 0
"""The form of `marshal` that tells 1, 1.0 and True apart and depends on nothing but values."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What is to run.

    Attributes:
        workflow: As it was given.
        wanted: Which nodes were asked for, and how.
        checked: What checking it found.
        plan: In which order.
        fickle: Nodes whose check may come out differently the next time.
    """

    workflow: Workflow
    wanted: tuple[tuple[str, ...], bool] | None
    checked: Checked
    plan: Plan
    fickle: tuple[str, ...]


class Layouts:
    """Remembers the last workflows.

    Args:
        registry: The nodes there are.
        folders: Where files should be.
        outside: Whether input files may be anywhere on this machine.
    """

    def __init__(self, registry: Registry, folders: Folders, *, outside: bool) -> None:
        self._registry = registry
        self._folders = folders
        self._outside = outside
        self._read: dict[bytes, Workflow] = {}
        self._layouts: list[Layout] = []

    def read(self, prompt: object) -> Workflow:
        """Turn a prompt in API format into a workflow, the same one for the same prompt.

        Raises:
            FormatError: It is malformed.
        """
        try:
            name = marshal.dumps(prompt, _EXACT)  # type: ignore[arg-type]
        except ValueError:  # it is more than JSON, or nested too deeply
            return parse_api(prompt)
        workflow = self._read.get(name)
        if workflow is None:
            workflow = parse_api(prompt)
            if _has_containers(workflow):
                return workflow
            # Replaced rather than changed: another thread may be looking.
            self._read = dict([*self._read.items()][1 - _MOST :]) | {name: workflow}
        return workflow

    def check(self, workflow: Workflow, targets: Sequence[str] | None) -> Checked:
        """Check a workflow, whether or not it was seen before."""
        return validate(
            workflow, self._registry, self._folders, targets=targets, outside=self._outside
        )

    def lay_out(
        self, workflow: Workflow, targets: Sequence[str] | None, *, broken: bool, keep: bool
    ) -> Layout:
        """Check a workflow and say in which order it is to run.

        Args:
            workflow: What to run.
            targets: Ids of the nodes to run; all output nodes by default.
            broken: Whether the sound outputs of a workflow with broken ones are to run.
            keep: Whether the values of targets are asked for.

        Raises:
            InvalidWorkflowError: It cannot run; the error has every problem.
        """
        wanted = None if targets is None else (tuple(targets), keep)
        for known in self._layouts:
            if known.workflow is workflow and known.wanted == wanted:
                again = self._again(known)
                if again is not None:
                    return again
                break
        checked = self.check(workflow, targets)
        if checked.problems and not (broken and checked.outputs):
            raise InvalidWorkflowError(checked.problems)
        plan = make_plan(checked.nodes, checked.outputs, keep=keep and targets is not None)
        fickle = tuple(key for key, node in plan.nodes.items() if _is_fickle(node))
        layout = Layout(workflow, wanted, checked, plan, fickle)
        if not checked.problems:
            others = [known for known in self._layouts if known.workflow is not workflow]
            self._layouts = [layout, *others[: _MOST - 1]]
        return layout

    def _again(self, known: Layout) -> Layout | None:
        """Return a layout as it is now; None if something else than files came out differently."""
        if not known.fickle:
            return known
        lookup, complaints = Lookup(self._registry), Complaints()
        nodes = known.workflow.nodes
        check = NodeCheck(nodes, lookup, self._folders, complaints, outside=self._outside)
        found = dict(known.plan.nodes)
        for key in known.fickle:
            definition = lookup.get(nodes[key].class_type)
            if definition is None or definition != found[key].definition:
                return None
            found[key] = check.check(nodes[key], definition)
        if complaints.unsound:
            return None
        return replace(known, plan=replace(known.plan, nodes=found))


def _has_containers(workflow: Workflow) -> bool:
    """Whether lists or objects are typed in: a node may change them, and would next time, too."""
    nodes = workflow.nodes.values()
    return any(isinstance(value, list | dict) for node in nodes for value in node.inputs.values())


def _is_fickle(node: CheckedNode) -> bool:
    """Whether what a node's check finds depends on more than the workflow."""
    definition = node.definition
    if definition.own_check or definition.refresh or definition.undeclared:
        return True
    return any(_looks_around(spec.kind) for spec in definition.inputs)


def _looks_around(kind: Kind) -> bool:
    """Whether what an input may hold depends on files."""
    if isinstance(kind, Combo):
        return callable(kind.choices)
    return isinstance(kind, FILES) or (isinstance(kind, String) and kind.reads is not None)
