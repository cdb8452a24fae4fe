"""What the subgraphs of a document show to the outside, worked out before any is put to use.

Two questions need an answer about a subgraph before an instance of it can be read: does it, however
indirectly, contain itself; and which of its inputs stand for fields of nodes inside, since an
instance's saved list of values has one entry for each of those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from graph.errors import FormatError
from graph.formats.canvas import INPUT_BORDER, CanvasNode, Definition

FieldNames: TypeAlias = Callable[[CanvasNode], frozenset[str]]
"""Answers for a node that is no subgraph which of its inputs stand for fields."""


@dataclass(frozen=True, slots=True)
class Target:
    """An input of a node inside a subgraph that an input of the subgraph is linked to."""

    node: str
    input: str
    is_field: bool


@dataclass(frozen=True, slots=True)
class Interior:
    """A subgraph and where each of its inputs leads, in the order of the inputs."""

    definition: Definition
    targets: tuple[tuple[Target, ...], ...]

    @property
    def field_ports(self) -> tuple[int, ...]:
        """The numbers of the inputs that stand for fields."""
        numbered = enumerate(self.targets)
        return tuple(port for port, found in numbered if any(t.is_field for t in found))


def read_interiors(
    definitions: Mapping[str, Definition], field_names: FieldNames
) -> dict[str, Interior]:
    """Work out where the inputs of every subgraph lead.

    Raises:
        FormatError: A subgraph contains itself.
    """
    interiors: dict[str, Interior] = {}
    for definition in _inner_first(definitions):
        interiors[definition.id] = _interior(definition, interiors, field_names)
    return interiors


def _inner_first(definitions: Mapping[str, Definition]) -> list[Definition]:
    """Order subgraphs so that each comes after those it contains."""
    done: dict[str, Definition] = {}
    for start in definitions.values():
        path = [start.id]
        pending = [_contained(start, definitions)]
        while path:
            inner = pending[-1].pop() if pending[-1] else None
            if inner is None:
                pending.pop()
                finished = path.pop()
                done[finished] = definitions[finished]
            elif inner in path:
                names = [definitions[key].name for key in [*path[path.index(inner) :], inner]]
                raise FormatError(f"a subgraph contains itself: {' → '.join(names)}")
            elif inner not in done:
                path.append(inner)
                pending.append(_contained(definitions[inner], definitions))
    return list(done.values())


def _contained(definition: Definition, definitions: Mapping[str, Definition]) -> list[str]:
    types = dict.fromkeys(node.type for node in definition.canvas.nodes.values())
    return [kind for kind in types if kind in definitions]


def _interior(
    definition: Definition, interiors: Mapping[str, Interior], field_names: FieldNames
) -> Interior:
    targets: list[list[Target]] = [[] for _ in definition.inputs]
    canvas = definition.canvas
    for node in canvas.nodes.values():
        inner = interiors.get(node.type)
        fields = _field_inputs(inner) if inner else field_names(node)
        for slot in node.inputs:
            link = canvas.links.get(slot.link) if slot.link is not None else None
            if link and link.origin == INPUT_BORDER and 0 <= link.origin_slot < len(targets):
                is_field = slot.widget is not None or slot.name in fields
                targets[link.origin_slot].append(Target(node.id, slot.name, is_field))
    return Interior(definition, tuple(tuple(found) for found in targets))


def _field_inputs(interior: Interior) -> frozenset[str]:
    inputs = interior.definition.inputs
    return frozenset(inputs[port].name for port in interior.field_ports)
