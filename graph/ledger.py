"""What one job knows of its nodes: who asked for what, what was made, and under which key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.plan import awaited_raw

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.cache import Entry
    from graph.checked import CheckedNode
    from graph.recipes import Intent

_NONE: frozenset[str] = frozenset()


class Ledger:
    """By node.

    Attributes:
        made: What is known of nodes that some reader may still ask for.
        intents: What makes those that may run.
        keys: Of all that are identified.
    """

    def __init__(self) -> None:
        self.made: dict[str, Entry] = {}
        self.intents: dict[str, Intent] = {}
        self.keys: dict[str, bytes] = {}
        self._identities: dict[str, tuple[bytes, ...]] = {}
        self._asked: dict[str, set[str]] = {}

    def enter(self, node: CheckedNode, entry: Entry) -> None:
        """Note what is known of a node."""
        self.made[node.id] = entry
        self._identities[node.id] = entry.identities

    def ask_for(self, node: CheckedNode, names: Iterable[str]) -> None:
        """Note that a node asked for lazy inputs."""
        self._asked.setdefault(node.id, set()).update(names)

    def unasked(self, node: CheckedNode) -> frozenset[str]:
        """Return the lazy inputs of a node that it has not asked for."""
        if node.definition.ask is None:
            return _NONE
        lazy = (spec.name for spec in node.definition.inputs if spec.lazy)
        asked = self._asked.get(node.id, ())
        return frozenset(name for name in lazy if name in node.links and name not in asked)

    def sources(self, node: CheckedNode) -> dict[str, bytes]:
        """Return the identities of what feeds a node, of lazy inputs as far as asked for."""
        links = {**node.links, **awaited_raw(node)} if node.raw else node.links
        unasked = self.unasked(node)
        identities = self._identities
        return {
            name: identities[link.node][link.slot]
            for name, link in links.items()
            if name not in unasked
        }

    def linked(self, node: CheckedNode) -> dict[str, object]:
        """Return the values that feed a node, of lazy inputs as far as it asked for them."""
        unasked = self.unasked(node)
        return {
            name: self.values(link.node)[link.slot]
            for name, link in node.links.items()
            if name not in unasked
        }

    def values(self, key: str) -> tuple[object, ...]:
        """Return a node's outputs, which are at hand: the state machine saw to that."""
        values = self.made[key].values
        if values is None:
            raise AssertionError(f"the values of node {key} are asked for and gone")
        return values
