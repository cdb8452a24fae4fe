"""Carries this run's changes into the editor's document that travels inside the pictures.

Who drops a picture on the editor wants the values that made it, not those of the file it began as.
Only nodes on the outermost canvas are followed; inside subgraphs the document stays as it was.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from graph.formats.fields import layout_of
from graph.workflow import Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.overrides import Change
    from graph.formats.signatures import Signatures
    from graph.workflow import Json


def with_changes(
    canvas: Mapping[str, Json], changes: Iterable[Change], signatures: Signatures
) -> dict[str, Json]:
    """Return the document with the changed values in its nodes' fields."""
    changed = deepcopy(dict(canvas))
    nodes = changed.get("nodes")
    by_id = {
        str(node["id"]): node
        for node in (nodes if isinstance(nodes, list) else [])
        if isinstance(node, dict) and "id" in node
    }
    for change in changes:
        node = by_id.get(change.node)
        if node is not None and not isinstance(change.value, Link):
            _put(node, change.input, change.value, signatures)
    return changed


def _put(node: dict[str, Json], name: str, value: Json, signatures: Signatures) -> None:
    values = node.get("widgets_values")
    if isinstance(values, dict):
        values[name] = value
        return
    signature = signatures.get(str(node.get("type")))
    if not isinstance(values, list) or signature is None:
        return
    fields = [field for field in layout_of(str(node["type"]), signature).fields if field.saved]
    if len(values) < len(fields):
        fields = [field for field in fields if not field.forced]
    places = [place for place, field in enumerate(fields) if field.name == name]
    if places and places[0] < len(values):
        values[places[0]] = value
