"""The editor's document as typed records: nodes, slots, links and subgraph definitions.

Both versions of the document are read: 0.4, where a link is a list
`[id, from node, from slot, to node, to slot, type]`, and 1.0, where it is an object. What only the
screen needs (positions, groups, reroute points, floating links) is not read at all.

Ids are text here, whatever they are in the file: JSON has numbers and text mixed, and they mean the
same. Inside a subgraph, the two borders have the ids -10 (its inputs) and -20 (its outputs).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.workflow import Json

INPUT_BORDER = "-10"

MUTED = 2
BYPASSED = 4


@dataclass(frozen=True, slots=True)
class Slot:
    """A place on a node where a link ends.

    Attributes:
        name: Unique among the node's inputs.
        type: A socket type; `"*"` takes anything.
        link: The id of the link that ends here, if one does.
        widget: The name of the field that this input stands for, if it does.
    """

    name: str
    type: str
    link: str | None = None
    widget: str | None = None


@dataclass(frozen=True, slots=True)
class CanvasNode:
    """A node as it was saved.

    Attributes:
        id: Unique within its canvas.
        type: A node class, a subgraph's id, or one of the editor's own kinds, such as `Reroute`.
        title: What the user called it; empty if nothing.
        mode: 0 runs; `MUTED` and `BYPASSED` do not.
        inputs: The saved ones, in the saved order.
        outputs: The types of the saved ones.
        values: What is typed into its fields: without names (a list), or by name.
    """

    id: str
    type: str
    title: str = ""
    mode: int = 0
    inputs: tuple[Slot, ...] = ()
    outputs: tuple[str, ...] = ()
    values: list[Json] | dict[str, Json] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CanvasLink:
    """A link, from an output of one node to an input of another; slots count from 0."""

    id: str
    origin: str
    origin_slot: int
    target: str
    target_slot: int


@dataclass(frozen=True, slots=True)
class Canvas:
    """One level of nodes: the document itself, or the inside of a subgraph.

    Attributes:
        name: How errors call it.
        nodes: By id, in the file's order.
        links: By id.
    """

    name: str
    nodes: Mapping[str, CanvasNode]
    links: Mapping[str, CanvasLink]


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of a subgraph: its name, its type, and the links inside that touch it."""

    name: str
    type: str
    links: tuple[str, ...] = ()

    def slot(self, *, is_field: bool) -> Slot:
        """Return this input as an instance of the subgraph has it."""
        return Slot(self.name, self.type, widget=self.name if is_field else None)


@dataclass(frozen=True, slots=True)
class Definition:
    """A subgraph: nodes of a type of their own, which any number of nodes can be instances of."""

    id: str
    name: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    canvas: Canvas


@dataclass(frozen=True, slots=True)
class CanvasDocument:
    """The whole document: what is on its outermost canvas, and its subgraphs by id."""

    canvas: Canvas
    definitions: Mapping[str, Definition]
