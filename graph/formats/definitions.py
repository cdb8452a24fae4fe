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

FieldNames: TypeAlias = Callable[[CanvasNode], Mapping[str, str]]
"""Answers for a node that is no subgraph which of its inputs stand for which fields."""


@dataclass(frozen=True, slots=True)
class Target:
    """An input of a node inside a subgraph that an input of the subgraph is linked to.

    Attributes:
        node: The node's id.
        field: The name of the field that the input stands for; None if it stands for none.
    """

    node: str
    field: str | None


@dataclass(frozen=True, slots=True)
class Interior:
    """A subgraph and where its inputs lead.

    Attributes:
        definition: The subgraph.
        targets: What each input that stands for fields leads to, by the input's name, in order.
    """

    definition: Definition
    targets: Mapping[str, tuple[Target, ...]]


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
        path = {start.id: _contained(start, definitions)}
        while path:
            current, contained = next(reversed(path.items()))
            inner = contained.pop() if contained else None
            if inner is None:
                done[current] = definitions[current]
                del path[current]
            elif inner in path:
                raise FormatError(_circle([*path], inner, definitions))
            elif inner not in done:
                path[inner] = _contained(definitions[inner], definitions)
    return list(done.values())


def _contained(definition: Definition, definitions: Mapping[str, Definition]) -> list[str]:
    types = dict.fromkeys(node.type for node in definition.canvas.nodes.values())
    return [kind for kind in types if kind in definitions]


def _circle(path: list[str], again: str, definitions: Mapping[str, Definition]) -> str:
    names = [definitions[key].name for key in [*path[path.index(again) :], again]]
    shown = names if len(names) <= 8 else [*names[:4], "…", *names[-3:]]
    return f"a subgraph contains itself: {' → '.join(shown)}"


def _interior(
    definition: Definition, interiors: Mapping[str, Interior], field_names: FieldNames
) -> Interior:
    ports = [port.name for port in definition.inputs]
    found: dict[str, list[Target]] = {name: [] for name in ports}
    canvas = definition.canvas
    for node in canvas.nodes.values():
        inner = interiors.get(node.type)
        fields = {name: name for name in inner.targets} if inner else field_names(node)
        for slot in node.inputs:
            link = canvas.links.get(slot.link) if slot.link is not None else None
            if link and link.origin == INPUT_BORDER and 0 <= link.origin_slot < len(ports):
                target = Target(node.id, fields.get(slot.name) or slot.widget)
                found[ports[link.origin_slot]].append(target)
    with_fields = {
        name: tuple(target for target in targets if target.field) for name, targets in found.items()
    }
    return Interior(definition, {name: targets for name, targets in with_fields.items() if targets})
