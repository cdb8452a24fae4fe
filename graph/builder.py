"""Helps a node to write the graph that stands for it.

    graph = GraphBuilder()
    doubled = graph.node("Add", a=value, b=value)
    return Expansion(graph.finalize(), (doubled.out(0),))

Ids begin with the id of the node that runs and the number of the graph, so that they clash with
nothing and are the same whenever the same workflow runs: cached results are found again. Where they
would be long, because a node in a graph in a graph writes one, a hash stands in their place.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from graph.context import current
from graph.errors import ExpansionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_LONGEST = 64
"""Characters of an id, or of a part of one, that are not shortened."""


class Node:
    """One node of a graph that is being written.

    Attributes:
        id: Its id in the whole workflow.
        class_type: Its class.
        inputs: Values, live ones too, and links as `out` gives them.
        override_display_id: The node under which the user sees it; the expanding one by default.
    """

    def __init__(self, id: str, class_type: str, inputs: Mapping[str, Any]) -> None:  # noqa: A002 - packs name it
        self.id = id
        self.class_type = class_type
        self.inputs = dict(inputs)
        self.override_display_id: str | None = None

    def out(self, index: int) -> list[Any]:
        """Return a link to an output of this node, to be an input or a result."""
        return [self.id, index]

    def set_input(self, key: str, value: Any) -> None:  # noqa: ANN401 - any value, or a link
        """Set an input; None takes it away."""
        if value is None:
            self.inputs.pop(key, None)
        else:
            self.inputs[key] = value

    def get_input(self, key: str) -> Any:  # noqa: ANN401 - as in `set_input`
        """Return what an input was set to, or None."""
        return self.inputs.get(key)

    def set_override_display_id(self, override_display_id: str) -> None:
        """Have the user see what this node does under another node."""
        self.override_display_id = override_display_id

    def serialize(self) -> dict[str, Any]:
        """Return the node in the API format."""
        data: dict[str, Any] = {"class_type": self.class_type, "inputs": self.inputs}
        if self.override_display_id is not None:
            data["override_display_id"] = self.override_display_id
        return data


class GraphBuilder:
    """A graph that is being written.

    Args:
        prefix: What ids begin with; one of the node that runs unless given.
    """

    def __init__(self, prefix: str | None = None) -> None:
        self.prefix = _free_prefix() if prefix is None else prefix
        self.nodes: dict[str, Node] = {}
        self._next = 1

    def node(self, class_type: str, id: str | None = None, **kwargs: Any) -> Node:  # noqa: A002, ANN401 - as packs call it
        """Add a node with some inputs; the one that is there if the id is taken."""
        if id is None:
            id = str(self._next)  # noqa: A001 - see above
            self._next += 1
        key = self._key(id)
        if key not in self.nodes:
            self.nodes[key] = Node(key, class_type, kwargs)
        return self.nodes[key]

    def lookup_node(self, id: str) -> Node | None:  # noqa: A002 - as packs call it
        """Return a node by the id that `node` was given, or None."""
        return self.nodes.get(self._key(id))

    def remove_node(self, id: str) -> None:  # noqa: A002 - as packs call it
        """Take a node away again.

        Raises:
            KeyError: There is none.
        """
        del self.nodes[self._key(id)]

    def replace_node_output(
        self, node_id: str, index: int, new_value: Sequence[Any] | None
    ) -> None:
        """Have what reads an output of a node read something else; None for nothing."""
        old = [self._key(node_id), index]
        for node in self.nodes.values():
            for name, value in [*node.inputs.items()]:
                if is_link(value) and value == old:
                    node.set_input(name, new_value)

    def finalize(self) -> dict[str, dict[str, Any]]:
        """Return the graph in the API format."""
        return {key: node.serialize() for key, node in self.nodes.items()}

    def _key(self, id: str) -> str:  # noqa: A002 - as packs call it
        return f"{self.prefix}{_short(id)}"


def is_link(obj: object) -> bool:
    """Whether a value in the API format is a link, `[id, slot]`."""
    if not isinstance(obj, list) or len(obj) != 2:
        return False
    node, slot = obj
    return isinstance(node, str) and isinstance(slot, int | float) and not isinstance(slot, bool)


def add_graph_prefix(
    graph: Mapping[str, Mapping[str, Any]], outputs: Sequence[Any], prefix: str
) -> tuple[dict[str, dict[str, Any]], tuple[Any, ...]]:
    """Return a graph in the API format and values that link to it, with a prefix before its ids."""

    def moved(value: Any) -> Any:  # noqa: ANN401 - any value, or a link
        return [f"{prefix}{value[0]}", value[1]] if is_link(value) else value

    nodes = {
        f"{prefix}{key}": {
            **node,
            "inputs": {name: moved(value) for name, value in node.get("inputs", {}).items()},
        }
        for key, node in graph.items()
    }
    return nodes, tuple(map(moved, outputs))


def _free_prefix() -> str:
    context = current.get()
    if context is None:
        raise ExpansionError(
            "a GraphBuilder was made where no node runs: give it a prefix for its ids"
        )
    return f"{_short(context.node_id)}.{next(context.graphs)}."


def _short(part: str) -> str:
    """An id, or a hash of a long one: loops would have ids that double with each round."""
    if len(part) <= _LONGEST:
        return part
    return hashlib.sha256(part.encode("utf-8", "surrogatepass")).hexdigest()[:24]
