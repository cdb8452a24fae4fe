"""What is typed into a node's fields, by name: from the saved list, or from an object by name.

For a class that is not known, the names come from the inputs that the file itself lists for the
node's fields, if it lists them all; the list is read against those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.formats.fields import BUTTONS, ON_SCREEN
from graph.formats.signatures import SEED_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.formats.canvas import CanvasNode, Slot
    from graph.formats.fields import Field, Layout
    from graph.workflow import Json

STEERING = frozenset(("fixed", "increment", "decrement", "randomize", "increment-wrap"))


def read_fields(node: CanvasNode, layout: Layout) -> dict[str, Json]:
    """Return what the fields of a node of a known class hold, by name.

    A field that the file has no value for keeps its initial one. Values that are left over when
    every field has one are dropped, as the editor drops them.
    """
    values: dict[str, Json] = {
        field.name: field.initial
        for field in layout.fields
        if field.sent and field.initial is not None
    }
    for field, value in _saved_values(node, layout):
        if field.sent:
            values[field.name] = put(field, value)
    return values


def _saved_values(node: CanvasNode, layout: Layout) -> list[tuple[Field, Json]]:
    """Pair fields with saved values.

    Before the editor's version 1.16, an input that is forced to be a socket left an unused value.
    """
    places = [field for field in layout.fields if field.saved]
    if isinstance(node.values, dict):
        return [(field, node.values[field.name]) for field in places if field.name in node.values]
    if len(node.values) != len(places):
        places = [field for field in places if not field.forced]
    return list(zip(places, node.values, strict=False))


def put(field: Field, value: Json) -> Json:
    """Return what is in the editor's field after a value has been put into it."""
    item = field.source
    if item is None:
        return value
    if (item.widget_type or item.type) in ON_SCREEN:
        return field.initial
    if item.type == "STRING" and item.multiline:
        return _boxed(value)
    return value


def _boxed(value: Json) -> Json:
    """A text box holds text only, and its lines end alike on every system."""
    if value is None:
        return ""
    if isinstance(value, str) and "\r" in value:
        return value.replace("\r\n", "\n").replace("\r", "\n")
    return value


def read_unnamed_fields(node: CanvasNode) -> dict[str, Json] | None:
    """Return what the fields of a node of an unknown class hold, as far as the file names them.

    Returns:
        The values by name; None if there are values but no way to tell whose they are.
    """
    if isinstance(node.values, dict):
        return {key: item for key, item in node.values.items() if not isinstance(item, dict)}
    return _match([slot for slot in node.inputs if slot.widget], node.values)


def _match(named: Sequence[Slot], values: Sequence[Json]) -> dict[str, Json] | None:
    """Read a saved list against the names of fields; None if it does not fit them.

    Between the values that have names there are some that have none: what steers a seed.
    """
    matched: dict[str, Json] = {}
    position = 0
    spare = len(values) - len(named)
    for slot in named:
        if position >= len(values):
            return None
        if slot.widget and slot.type not in BUTTONS:
            matched[slot.widget] = values[position]
        skipped = _steering(slot, values[position + 1 : position + 1 + spare])
        position += 1 + skipped
        spare -= skipped
    return matched if position == len(values) else None


def _steering(slot: Slot, following: Sequence[Json]) -> int:
    """Count the values behind a field that only steer it: how, and for a choice among what."""
    may_be_steered = slot.type in {"INT", "FLOAT", "COMBO"} or slot.name in SEED_NAMES
    first = following[0] if following else None
    if not may_be_steered or not isinstance(first, str) or first not in STEERING:
        return 0
    return min(len(following), 2 if slot.type == "COMBO" else 1)
