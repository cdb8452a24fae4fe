"""Placing every node of a document: subgraphs unfolded, inputs in order, fields filled.

Levels are worked through from the outside in, with a list for the work still to do, so that deep
nesting needs no recursion, and with a limit on the number of nodes, since a small file of subgraphs
within subgraphs can ask for billions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.errors import FormatError
from graph.formats.canvas import Slot
from graph.formats.definitions import Interior, read_interiors
from graph.formats.fields import layout_of
from graph.formats.placement import EDITOR_KINDS, Kind, Level, Placed
from graph.formats.typed_in import put, read_fields, read_unnamed_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.formats.canvas import CanvasDocument, CanvasNode
    from graph.formats.fields import Layout
    from graph.formats.signatures import Signatures
    from graph.workflow import Json

MAX_NODES = 100_000
MAX_NESTING = 100


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

    def field_names(self, node: CanvasNode) -> dict[str, str]:
        """Return which of a node's inputs stand for which fields."""
        layout = None if node.type in EDITOR_KINDS else self.get(node.type)
        slots = layout.slots if layout else node.inputs
        return {slot.name: slot.widget for slot in slots if slot.widget}


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
        if level.depth > MAX_NESTING:
            raise FormatError(f"subgraphs are nested more than {MAX_NESTING} deep")
        for node in level.canvas.nodes.values():
            placed = _place(node, level, layouts, interiors.get(node.type))
            level.nodes[node.id] = placed
            if placed.interior and not placed.muted and not placed.bypassed:
                placed.inside = Level(placed.interior.definition.canvas, placed, level.depth + 1)
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
    slots = [port.slot(is_field=port.name in interior.targets) for port in definition.inputs]
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
    links = {slot.name: slot.link for slot in node.inputs if slot.link is not None}
    slots = [
        Slot(slot.name, slot.type, links[slot.name], slot.widget) if slot.name in links else slot
        for slot in declared
    ]
    names = {slot.name for slot in slots}
    return (*slots, *(slot for slot in extra if slot.name not in names))


def _fill_from_primitives(level: Level) -> None:
    """A primitive node's value goes into the fields that it is linked to."""
    for placed in level.nodes.values():
        for slot in placed.inputs:
            link = level.canvas.links.get(slot.link) if slot.link is not None else None
            origin = level.nodes.get(link.origin) if link else None
            if slot.widget and origin and origin.kind is Kind.PRIMITIVE:
                values = origin.node.values
                if isinstance(values, list) and values:
                    _give(placed, slot.widget, values[0])


def _fill_from_instances(level: Level) -> None:
    """What is typed into an instance goes into the fields inside that it stands for.

    What an outer instance or a primitive node has given is not overridden.
    """
    for placed in level.nodes.values():
        if not placed.interior or not placed.inside:
            continue
        names, values = placed.interior.targets, placed.node.values
        pairs = zip(names, values, strict=False) if isinstance(values, list) else values.items()
        for name, value in pairs:
            if name in names and name not in placed.fields:
                _give(placed, name, value)


def _give(placed: Placed, field: str, value: Json) -> None:
    """Put a value into a field, and into the fields inside that an instance's field stands for."""
    pending = [(placed, field)]
    while pending:
        holder, name = pending.pop()
        if holder.layout:
            known = holder.layout.sent_fields.get(name)
            if known:
                holder.fields[name] = put(known, value)
            continue
        holder.fields[name] = value
        if holder.interior and holder.inside:
            inside = holder.inside.nodes
            targets = holder.interior.targets.get(name, ())
            pending += [(inside[target.node], target.field) for target in targets if target.field]
