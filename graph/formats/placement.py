"""The document with its subgraphs unfolded: each node in each place where it will run.

A node inside a subgraph is placed once for each instance of the subgraph, under an id that leads to
it: `"5:12"` is node 12 inside instance 5. Every placed node knows its level, through which links
are looked up, and what its fields hold once instances and primitive nodes have had their say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from graph.formats.canvas import BYPASSED, MUTED

if TYPE_CHECKING:
    from graph.formats.canvas import Canvas, CanvasNode, Slot
    from graph.formats.definitions import Interior
    from graph.formats.fields import Layout
    from graph.workflow import Json


class Kind(Enum):
    """What a node of the editor is to the engine."""

    NODE = auto()
    SUBGRAPH = auto()
    REROUTE = auto()
    PRIMITIVE = auto()
    NOTE = auto()


EDITOR_KINDS = {
    "Reroute": Kind.REROUTE,
    "PrimitiveNode": Kind.PRIMITIVE,
    "Note": Kind.NOTE,
    "MarkdownNote": Kind.NOTE,
}


@dataclass(slots=True, eq=False)
class Placed:
    """One node in one place.

    Attributes:
        id: Unique in the whole workflow.
        node: As it was saved.
        kind: What it is.
        level: Where it is.
        inputs: In the editor's order, which decides what a bypass connects.
        outputs: The types of its outputs.
        layout: Of a node of a known class.
        fields: What its fields hold, by name. Of a subgraph: by the name of the input.
        interior: Of a subgraph.
        inside: Of a subgraph that runs: the level that it unfolds into.
    """

    id: str
    node: CanvasNode
    kind: Kind
    level: Level
    inputs: tuple[Slot, ...]
    outputs: tuple[str, ...]
    layout: Layout | None = None
    fields: dict[str, Json] = field(default_factory=dict)
    interior: Interior | None = None
    inside: Level | None = None

    @property
    def muted(self) -> bool:
        """Whether nothing comes out of it."""
        return self.node.mode == MUTED

    @property
    def bypassed(self) -> bool:
        """Whether what goes in comes out as it is."""
        return self.node.mode == BYPASSED

    def __str__(self) -> str:
        """Name the node in a sentence."""
        kind = self.interior.definition.name if self.interior else self.node.type
        return f"node {self.id} ({kind})"


@dataclass(slots=True, eq=False)
class Level:
    """One canvas in one place, and the instance that it is the inside of, if it is one."""

    canvas: Canvas
    owner: Placed | None = None
    depth: int = 0
    nodes: dict[str, Placed] = field(default_factory=dict)
