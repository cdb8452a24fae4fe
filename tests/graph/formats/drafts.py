"""A small builder of the editor's documents, and a few node classes to fill them with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from graph.formats.signatures import ObjectInfo
from graph.formats.ui import convert_ui

if TYPE_CHECKING:
    from graph.workflow import Workflow

Data = dict[str, Any]
Untyped: TypeAlias = Any
"""JSON that may be anything, since much of it is wrong on purpose."""

CLASSES: Data = {
    "Paint": {
        "display_name": "Paint a Picture",
        "input": {
            "required": {
                "text": ["STRING", {"multiline": True, "dynamicPrompts": True}],
                "seed": ["INT", {"default": 7, "max": 2**64 - 1}],
                "style": [["oil", "ink"], {}],
            }
        },
        "output": ["IMAGE", "MASK"],
    },
    "Blend": {
        "display_name": "Blend",
        "input": {
            "required": {"one": ["IMAGE"], "amount": ["FLOAT", {"default": 0.5}]},
            "optional": {"mask": ["MASK"], "two": ["IMAGE"]},
        },
        "output": ["IMAGE"],
    },
    "Measure": {"input": {"required": {"picture": ["IMAGE"]}}, "output": ["INT", "STRING"]},
    "Keep": {
        "display_name": "Keep",
        "input": {"required": {"pictures": ["IMAGE"], "name": ["STRING", {"default": "kept"}]}},
        "output": [],
    },
    "Anything": {"input": {"required": {"what": ["*"]}}, "output": []},
}
SIGNATURES = ObjectInfo(CLASSES)


@dataclass
class Draft:
    """One canvas in the making: the document itself, or the inside of a subgraph."""

    nodes: list[Data] = field(default_factory=list)
    links: list[Data] = field(default_factory=list)
    definitions: list[Data] = field(default_factory=list)

    def add(self, kind: str, *values: object, mode: int = 0, **more: object) -> int:
        """Add a node and return its id; its inputs and outputs appear as they are linked."""
        node_id = len(self.nodes) + 1
        node = {"id": node_id, "type": kind, "mode": mode, "widgets_values": list(values)}
        self.nodes.append({**node, "inputs": [], "outputs": [], **more})
        return node_id

    def link(
        self,
        origin: int,
        slot: int,
        target: int,
        name: str,
        kind: str = "IMAGE",
        *,
        widget: bool = False,
    ) -> Self:
        """Link an output to the input of that name, or by number to a subgraph's border."""
        link_id = len(self.links) + 100
        ends = {"origin_id": origin, "origin_slot": slot, "target_id": target, "target_slot": 0}
        self.links.append({"id": link_id, **ends, "type": kind})
        if target > 0:
            socket: Data = {"name": name, "type": kind, "link": link_id}
            self.nodes[target - 1]["inputs"].append(socket)
            if widget:
                socket["widget"] = {"name": name}
        return self

    def define(self, inner: Draft, inputs: dict[str, str], outputs: dict[str, str]) -> str:
        """Make a subgraph of another draft and return its type."""
        identity = f"subgraph-{len(self.definitions) + 1}"
        ports = [_port(inner, "origin", -10, i, *item) for i, item in enumerate(inputs.items())]
        exits = [_port(inner, "target", -20, i, *item) for i, item in enumerate(outputs.items())]
        self.definitions.append(
            {"id": identity, "name": f"Sub {identity[-1]}", "inputs": ports, "outputs": exits}
            | {"nodes": inner.nodes, "links": inner.links}
        )
        return identity

    def leave(self, origin: int, slot: int, port: int, kind: str = "IMAGE") -> Self:
        """Link an output of an inner node to an output of the subgraph."""
        self.link(origin, slot, -20, "", kind)
        self.links[-1]["target_slot"] = port
        return self

    def document(self, version: float = 0.4) -> Data:
        """Return the document; version 0.4 writes links as lists, 1 as objects."""
        order = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
        links = (
            self.links if version == 1 else [[link[key] for key in order] for link in self.links]
        )
        definitions = {"definitions": {"subgraphs": self.definitions}} if self.definitions else {}
        return {"version": version, "nodes": self.nodes, "links": links, **definitions}

    def converted(self) -> Workflow:
        """Return the workflow that the document becomes."""
        return convert_ui(self.document(), SIGNATURES).workflow


def _port(inner: Draft, end: str, border: int, number: int, name: str, kind: str) -> Data:
    touching = [
        link["id"]
        for link in inner.links
        if (link[f"{end}_id"], link[f"{end}_slot"]) == (border, number)
    ]
    return {"name": name, "type": kind, "linkIds": touching}
