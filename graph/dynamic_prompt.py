"""The workflow as it grows while it runs: what nodes that ask for DYNPROMPT are handed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


class DynamicPrompt:
    """Nodes in the API format: those of the workflow, and those that stand for others.

    Args:
        original: The workflow as it was sent.
    """

    def __init__(self, original: Mapping[str, Any]) -> None:
        self._original = original
        self._added: dict[str, Mapping[str, Any]] = {}
        self._parents: dict[str, str] = {}
        self._display: dict[str, str] = {}

    def get_node(self, node_id: str) -> Mapping[str, Any]:
        """Return a node.

        Raises:
            KeyError: There is none with this id.
        """
        return self._added[node_id] if node_id in self._added else self._original[node_id]

    def has_node(self, node_id: str) -> bool:
        """Whether there is a node of this id."""
        return node_id in self._added or node_id in self._original

    def all_node_ids(self) -> AbstractSet[str]:
        """Return the ids of all nodes."""
        return self._original.keys() | self._added.keys()

    def get_original_prompt(self) -> Mapping[str, Any]:
        """Return the workflow as it was sent."""
        return self._original

    def add_ephemeral_node(
        self, node_id: str, node_info: Mapping[str, Any], parent_id: str, display_id: str
    ) -> None:
        """Add a node that stands for another one, or for a part of it."""
        self._added[node_id] = node_info
        self._parents[node_id] = parent_id
        # The end of the way if it is known: a loop's nodes are shown as those of the round before.
        self._display[node_id] = self.get_display_node_id(display_id)

    def get_parent_node_id(self, node_id: str) -> str | None:
        """Return the node that a node stands for a part of; None for nodes of the workflow."""
        return self._parents.get(node_id)

    def get_real_node_id(self, node_id: str) -> str:
        """Return the node of the workflow that a node stands for a part of; itself if it is one."""
        while node_id in self._parents:
            node_id = self._parents[node_id]
        return node_id

    def get_display_node_id(self, node_id: str) -> str:
        """Return the node under which the user sees a node."""
        seen = set[str]()
        while node_id in self._display and node_id not in seen:
            seen.add(node_id)
            node_id = self._display[node_id]
        return node_id


def as_dynamic_prompt(value: object) -> object:
    """Return what the engine filled in, as packs use it: a plain workflow has no expansions yet."""
    return DynamicPrompt(value) if isinstance(value, Mapping) else value
