"""From the JSON of the editor's document to `graph.formats.canvas`, checking types on the way.

Files in the wild are sloppy where it does not matter: null for "none of these", numbers as text,
links that nothing refers to. That is let pass. What would change the meaning (a node without a
class, two nodes with one id) is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from graph.errors import FormatError
from graph.formats.canvas import (
    Canvas,
    CanvasDocument,
    CanvasLink,
    CanvasNode,
    Definition,
    Port,
    Slot,
)
from graph.formats.signatures import socket_type
from graph.formats.values import MAX_DEPTH, copy_json, describe, too_deep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.workflow import Json


def read_canvas_document(data: object) -> CanvasDocument:
    """Read the editor's document, version 0.4 or 1.0. The data is copied, never kept or changed.

    Raises:
        FormatError: Something is of the wrong type or is missing; it says what and where.
    """
    document = _object(data, "the workflow")
    definitions = {}
    for entry in _definitions(document):
        definition = _definition(entry)
        if definition.id in definitions:
            raise FormatError(f"two subgraphs have the id {definition.id}; each needs its own")
        definitions[definition.id] = definition
    return CanvasDocument(_canvas(document, "the workflow"), definitions)


def _definitions(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Yield all subgraph definitions, also those that are kept within one another."""
    pending = [(document, 0)]
    while pending:
        holder, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise FormatError(too_deep("the list of subgraphs"))
        section = _object(holder.get("definitions") or {}, "'definitions'")
        for entry in _list(section.get("subgraphs"), "'definitions.subgraphs'"):
            found = _object(entry, "a subgraph")
            yield found
            pending.append((found, depth + 1))


def _definition(data: Mapping[str, object]) -> Definition:
    identity = _id(data.get("id"), "the id of a subgraph")
    name = data.get("name")
    name = name if isinstance(name, str) and name else identity
    where = f"subgraph '{name}'"
    return Definition(
        id=identity,
        name=name,
        inputs=_ports(data.get("inputs"), f"the inputs of {where}"),
        outputs=_ports(data.get("outputs"), f"the outputs of {where}"),
        canvas=_canvas(data, where),
    )


def _ports(data: object, where: str) -> tuple[Port, ...]:
    ports = []
    for entry in _list(data, where):
        port = _object(entry, f"each of {where}")
        links = _list(port.get("linkIds"), f"the links of {where}")
        link_ids = tuple(_id(link, f"a link's id in {where}") for link in links)
        ports.append(Port(_text(port.get("name")), socket_type(port.get("type")), link_ids))
    return tuple(ports)


def _canvas(data: Mapping[str, object], where: str) -> Canvas:
    nodes: dict[str, CanvasNode] = {}
    if not isinstance(data.get("nodes"), list):
        raise FormatError(f"{where} must have a list 'nodes', not {describe(data.get('nodes'))}")
    for entry in _list(data.get("nodes"), f"'nodes' of {where}"):
        node = _node(_object(entry, f"each node of {where}"), where)
        if node.id in nodes:
            raise FormatError(f"two nodes of {where} have the id {node.id}; each needs its own")
        nodes[node.id] = node
    links = {}
    for entry in _links(data.get("links"), where):
        if entry is not None:
            link = _link(entry, where)
            links[link.id] = link
    return Canvas(where, nodes, links)


def _links(data: object, where: str) -> list[object]:
    """Old drafts of version 1.0 keep links in an object by id."""
    if isinstance(data, Mapping):
        return list(data.values())
    return _list(data, f"'links' of {where}")


def _node(data: Mapping[str, object], canvas: str) -> CanvasNode:
    node_id = _id(data.get("id"), f"the id of a node of {canvas}")
    kind = data.get("type")
    if not isinstance(kind, str) or not kind:
        got = describe(kind) if "type" in data else "nothing"
        raise FormatError(f"node {node_id} must name its class in 'type', but has {got} there")
    where = f"node {node_id} ({kind})"
    mode = data.get("mode")
    outputs = _list(data.get("outputs"), f"the outputs of {where}")
    return CanvasNode(
        id=node_id,
        type=kind,
        title=_text(data.get("title")),
        mode=_integer(0 if mode is None else mode, f"the mode of {where}"),
        inputs=_slots(data.get("inputs"), where),
        outputs=tuple(_output_type(entry, where) for entry in outputs),
        values=_values(data.get("widgets_values"), f"'widgets_values' of {where}"),
    )


def _slots(data: object, where: str) -> tuple[Slot, ...]:
    slots = []
    for entry in _list(data, f"the inputs of {where}"):
        slot = _object(entry, f"each input of {where}")
        link = slot.get("link")
        widget = slot.get("widget")
        slots.append(
            Slot(
                name=_text(slot.get("name")),
                type=socket_type(slot.get("type")),
                link=None if link is None else _id(link, f"a link's id in the inputs of {where}"),
                widget=_text(widget.get("name")) or None if isinstance(widget, Mapping) else None,
            )
        )
    return tuple(slots)


def _output_type(data: object, where: str) -> str:
    return socket_type(_object(data, f"each output of {where}").get("type"))


def _values(data: object, where: str) -> list[Json] | dict[str, Json]:
    if data is None:
        return []
    copied = copy_json(data, where)
    if isinstance(copied, list | dict):
        return copied
    raise FormatError(f"{where} must be a list or an object, not {describe(data)}")


def _link(data: object, canvas: str) -> CanvasLink:
    where = f"a link of {canvas}"
    if isinstance(data, list | tuple):
        if len(data) < 5:
            raise FormatError(f"{where} must be a list of at least 5 entries, not {len(data)}")
        fields = data[:5]
    else:
        link = _object(data, where)
        names = ("id", "origin_id", "origin_slot", "target_id", "target_slot")
        fields = [link.get(name) for name in names]
    link_id = _id(fields[0], f"the id of {where}")
    where = f"link {link_id} of {canvas}"
    return CanvasLink(
        id=link_id,
        origin=_id(fields[1], f"the origin of {where}"),
        origin_slot=_integer(fields[2], f"the origin slot of {where}"),
        target=_id(fields[3], f"the target of {where}"),
        target_slot=_integer(fields[4], f"the target slot of {where}"),
    )


def _object(data: object, where: str) -> Mapping[str, object]:
    if not isinstance(data, Mapping):
        raise FormatError(f"{where} must be an object, not {describe(data)}")
    return data


def _list(data: object, where: str) -> list[object]:
    if data is None:
        return []
    if not isinstance(data, list | tuple):
        raise FormatError(f"{where} must be a list, not {describe(data)}")
    return list(data)


def _id(data: object, where: str) -> str:
    if isinstance(data, str) and data:
        return data
    return str(_integer(data, where))


def _integer(data: object, where: str) -> int:
    """Read a whole number, also one that was written as `3.0` or as text."""
    if type(data) is int:
        return data
    try:
        if isinstance(data, float) and data.is_integer():
            return int(data)
        if isinstance(data, str):
            return int(data)
    except ValueError:
        pass
    raise FormatError(f"{where} must be a whole number, not {describe(data)}")


def _text(data: object) -> str:
    return data if isinstance(data, str) else ""
