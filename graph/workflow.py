"""A workflow: which nodes there are, what is typed into them, and which outputs feed which inputs.

This is the one shape that everything after parsing works with. A file in either of ComfyUI's
formats becomes a `Workflow` (see `graph.formats`); validation, planning and running see nothing
else. It does not say whether the node classes exist or the values fit: that is validation's word.

An input is either a `Link` or a literal. Literals are JSON values; a list is a literal too, because
`graph.formats.api` has told links and lists apart by the time a workflow exists. Mappings and
literals are to be read only; the `with_…` methods return changed copies.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Link:
    """An input that is fed by output number `slot` (from 0) of the node with the id `node`."""

    node: str
    slot: int


Value: TypeAlias = "Json | Link"


@dataclass(frozen=True, slots=True)
class WorkflowNode:
    """One node: its id, its class, and what each of its inputs is fed with.

    Attributes:
        id: Unique within the workflow; `"outer:inner"` for a node that came out of a subgraph.
        class_type: The name that the registry is asked for.
        inputs: By input name, in the file's order. Only inputs that the file gives are here.
        title: What the user called the node, or empty.
    """

    id: str
    class_type: str
    inputs: Mapping[str, Value] = field(default_factory=dict)
    title: str = ""

    def links(self) -> Iterator[tuple[str, Link]]:
        """Yield the name and the link of every linked input."""
        return ((name, value) for name, value in self.inputs.items() if isinstance(value, Link))

    def with_input(self, name: str, value: Value) -> WorkflowNode:
        """Return this node with one input replaced or added."""
        return replace(self, inputs={**self.inputs, name: value})


@dataclass(frozen=True, slots=True)
class Workflow:
    """All nodes of a workflow by id, in the file's order. A key is always its node's own id."""

    nodes: Mapping[str, WorkflowNode]

    def __post_init__(self) -> None:
        for key, node in self.nodes.items():
            if key != node.id:
                raise ValueError(f"the node with the id {node.id!r} is listed under {key!r}")

    def with_node(self, node: WorkflowNode) -> Workflow:
        """Return this workflow with one node replaced or added."""
        return Workflow({**self.nodes, node.id: node})

    def with_input(self, node_id: str, name: str, value: Value) -> Workflow:
        """Return this workflow with one input of one node replaced or added.

        Raises:
            KeyError: There is no node with this id.
        """
        return self.with_node(self.nodes[node_id].with_input(name, value))
