"""Placing every node of a document: subgraphs unfolded, inputs in order, fields filled.

Levels are worked through from the outside in, with a list for the work still to do, so that deep
nesting needs no recursion, and with a limit on the number of nodes, since a small file of subgraphs
within subgraphs can ask for billions.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graph.errors import FormatError
from graph.formats.definitions import Interior, read_interiors
from graph.formats.fields import layout_of
from graph.formats.placement import EDITOR_KINDS, Kind, Level, Placed
from graph.formats.typed_in import put, read_fields, read_unnamed_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.formats.canvas import CanvasDocument, CanvasNode, Slot
    from graph.formats.fields import Layout
    from graph.formats.signatures import Signatures
    from graph.workflow import Json

MAX_NODES = 100_000


class Layouts:
    """Layouts of node classes, each made once."""

    def __init__(self, signatures: Signatures) -> None:
        self._signatures = signatures
        self._made: dict[str, Layout | None] = {}

    def get(self, class_type: str) -> Layout | None:
        """Return the layout of a class, or None for one that is not known."""
        if class_type not in self._made:
            signature = self._signatures.get(class_type)
            self._made[class_type] = layout_of(class_type, signature) if signature else None
        return self._made[class_type]

    def field_names(self, node: CanvasNode) -> frozenset[str]:
        """Return the names of a node's inputs that stand for fields."""
        layout = None if node.type in EDITOR_KINDS else self.get(node.type)
        slots = layout.slots if layout else node.inputs
        return frozenset(slot.name for slot in slots if slot.widget)


def unfold(document: CanvasDocument, signatures: Signatures) -> list[Level]:
    """Place every node of a document, and settle what the fields of each hold.

    Returns:
        The levels, each after the one that it is inside of.

    Raises:
        FormatError: A subgraph contains itself, or there are too many nodes.
    """
    layouts = Layouts(signatures)
    interiors = read_interiors(document.definitions, layouts.field_names)
    levels = [Level(document.canvas)]
    count = 0
    for level in levels:  # grows as subgraphs are found
        count += len(level.canvas.nodes)
        if count > MAX_NODES:
            raise FormatError(f"the workflow unfolds into more than {MAX_NODES} nodes")
        for node in level.canvas.nodes.values():
            placed = _place(node, level, layouts, interiors.get(node.type))
            level.nodes[node.id] = placed
            if placed.interior and not placed.muted and not placed.bypassed:
                placed.inside = Level(placed.interior.definition.canvas, placed)
                levels.append(placed.inside)
    for level in levels:
        _fill_from_primitives(level)
        _fill_from_instances(level)
    return levels


def _place(node: CanvasNode, level: Level, layouts: Layouts, interior: Interior | None) -> Placed:
    placed_id = f"{level.owner.id}:{node.id}" if level.owner else node.id
    if interior:
        return _place_instance(node, level, placed_id, interior)
    kind = EDITOR_KINDS.get(node.type, Kind.NODE)
    layout = layouts.get(node.type) if kind is Kind.NODE else None
    if layout is None:
        fields = read_unnamed_fields(node) if kind is Kind.NODE else None
        return Placed(
            placed_id, node, kind, level, node.inputs, node.outputs, fields=dict(fields or {})
        )
    return Placed(
        id=placed_id,
        node=node,
        kind=kind,
        level=level,
        inputs=_arranged(layout.slots, [slot for slot in node.inputs if not slot.widget], node),
        outputs=layout.outputs + node.outputs[len(layout.outputs) :],
        layout=layout,
        fields=read_fields(node, layout),
    )


def _place_instance(node: CanvasNode, level: Level, placed_id: str, interior: Interior) -> Placed:
    definition = interior.definition
    fields = frozenset(interior.field_ports)
    slots = [port.slot(is_field=number in fields) for number, port in enumerate(definition.inputs)]
    return Placed(
        id=placed_id,
        node=node,
        kind=Kind.SUBGRAPH,
        level=level,
        inputs=_arranged(slots, node.inputs, node),
        outputs=tuple(port.type for port in definition.outputs),
        interior=interior,
    )


def _arranged(
    declared: Iterable[Slot], extra: Sequence[Slot], node: CanvasNode
) -> tuple[Slot, ...]:
    """Put the links of a node's saved inputs into its declared ones, and undeclared ones behind."""
    links = {slot.name: slot.link for slot in node.inputs}
    slots = [replace(slot, link=links.get(slot.name)) for slot in declared]
    names = {slot.name for slot in slots}
    return (*slots, *(slot for slot in extra if slot.name not in names))


def _fill_from_primitives(level: Level) -> None:
    """A primitive node's value goes into the fields that it is linked to."""
    for placed in level.nodes.values():
        for slot in placed.inputs:
            link = level.canvas.links.get(slot.link) if slot.link is not None else None
            origin = level.nodes.get(link.origin) if link and slot.widget else None
            if origin and origin.kind is Kind.PRIMITIVE:
                values = origin.node.values
                if isinstance(values, list) and values:
                    _give(placed, slot.name, values[0])


def _fill_from_instances(level: Level) -> None:
    """What is typed into an instance goes into the fields inside that it stands for.

    What an outer instance has given is not overridden.
    """
    for placed in level.nodes.values():
        if not placed.interior or not placed.inside:
            continue
        ports = placed.interior.definition.inputs
        names = [ports[number].name for number in placed.interior.field_ports]
        values = placed.node.values
        pairs = zip(names, values, strict=False) if isinstance(values, list) else values.items()
        for name, value in pairs:
            if name in names and name not in placed.fields:
                _give(placed, name, value)


def _give(placed: Placed, input_name: str, value: Json) -> None:
    """Put a value into the field of an input, and into those inside that it stands for."""
    pending = [(placed, input_name)]
    while pending:
        holder, name = pending.pop()
        if not holder.interior:
            _set(holder, name, value)
            continue
        holder.fields[name] = value
        for port, targets in zip(
            holder.interior.definition.inputs, holder.interior.targets, strict=True
        ):
            if port.name == name and holder.inside:
                inside = holder.inside.nodes
                pending += [(inside[t.node], t.input) for t in targets if t.is_field]


def _set(placed: Placed, input_name: str, value: Json) -> None:
    widget = next((s.widget for s in placed.inputs if s.name == input_name and s.widget), None)
    if widget is None:
        return
    fields = placed.layout.fields if placed.layout else ()
    known = next((field for field in fields if field.name == widget and field.sent), None)
    placed.fields[widget] = put(known, value) if known else value
