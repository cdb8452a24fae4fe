"""Finds the value of an input by what people call its node: for `%Node.widget%` in file names.

A node goes by its "Node name for S&R" (a property that the editor saves in the workflow), its
title, its class, or its id, in that order.
"""

from collections.abc import Iterator, Mapping

_SEARCH_NAME = "Node name for S&R"


def find_widget(
    node: str,
    widget: str,
    prompt: Mapping[str, object] | None,
    extra_pnginfo: Mapping[str, object] | None,
) -> str | None:
    """The value of an input, as text.

    Args:
        node: What the person called the node.
        widget: The input's name.
        prompt: The run's workflow in API format.
        extra_pnginfo: What else travels with the run; its `workflow` is the editor's document.

    Returns:
        The text; None when there is no such node, or its input is fed by a link from anything but
        a node of one value.
    """
    nodes = prompt or {}
    for node_id in _candidates(node, nodes, extra_pnginfo):
        value = _literal(_inputs(nodes.get(node_id)).get(widget), nodes)
        if value is not None:
            return value
    return None


def _candidates(
    name: str, nodes: Mapping[str, object], extra_pnginfo: Mapping[str, object] | None
) -> Iterator[str]:
    """Ids of the nodes that go by a name, best match first."""
    yield from (key for key, wanted in _search_names(extra_pnginfo) if wanted == name)
    yield from (key for key, item in nodes.items() if _title(item) == name)
    yield from (key for key, item in nodes.items() if _field(item, "class_type") == name)
    yield name


def _search_names(extra_pnginfo: Mapping[str, object] | None) -> Iterator[tuple[str, object]]:
    document = _field(extra_pnginfo, "workflow")
    items = _field(document, "nodes")
    for item in items if isinstance(items, list) else ():
        yield str(_field(item, "id")), _field(_field(item, "properties"), _SEARCH_NAME)


def _literal(value: object, nodes: Mapping[str, object], depth: int = 0) -> str | None:
    """A literal as text. A link is followed to a node that has one input only, a primitive."""
    if isinstance(value, bool | int | float | str):
        return str(value)
    if isinstance(value, list) and len(value) == 2 and depth < 10:
        inputs = _inputs(nodes.get(str(value[0])))
        if len(inputs) == 1:
            return _literal(next(iter(inputs.values())), nodes, depth + 1)
    return None


def _inputs(item: object) -> Mapping[str, object]:
    inputs = _field(item, "inputs")
    return inputs if isinstance(inputs, Mapping) else {}


def _title(item: object) -> object:
    return _field(_field(item, "_meta"), "title")


def _field(item: object, name: str) -> object:
    return item.get(name) if isinstance(item, Mapping) else None
