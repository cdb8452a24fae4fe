"""What feeds a node, as a hash: part of the keys of nodes that look around in the prompt."""

from __future__ import annotations

import hashlib
import secrets
from threading import Lock
from typing import TYPE_CHECKING, Any

from graph.keys import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graph.dynamic_prompt import DynamicPrompt


class Structures:
    """Hashes of nodes of a prompt with all that feeds them, ids included, each made once.

    Args:
        prompt: May grow; what is there does not change.
        hasher: Knows the content of live values, or None of those that have no hash.
    """

    def __init__(self, prompt: DynamicPrompt, hasher: Callable[[object], bytes | None]) -> None:
        self._prompt = prompt
        self._hasher = hasher
        self._known: dict[str, bytes] = {}
        self._lock = Lock()

    def of(self, node_id: str) -> bytes:
        """Return the hash of a node, 32 bytes."""
        with self._lock:
            path = [(node_id, self._feeders(node_id))]
            on_path = {node_id}
            while path:
                key, feeders = path[-1]
                feeder = next((at for at in feeders if self._is_new(at, on_path)), None)
                if feeder is not None:
                    path.append((feeder, self._feeders(feeder)))
                    on_path.add(feeder)
                else:
                    path.pop()
                    on_path.discard(key)
                    self._known[key] = self._hash(key)
            return self._known[node_id]

    def _is_new(self, node_id: str, on_path: set[str]) -> bool:
        return node_id not in self._known and node_id not in on_path

    def _feeders(self, node_id: str) -> Iterator[str]:
        return (value[0] for _, value in self._inputs(node_id) if self._is_link(value))

    def _inputs(self, node_id: str) -> list[tuple[str, Any]]:
        return sorted(self._prompt.get_node(node_id).get("inputs", {}).items())

    def _is_link(self, value: object) -> bool:
        return (
            isinstance(value, list)
            and len(value) == 2
            and isinstance(value[0], str)
            and self._prompt.has_node(value[0])
        )

    def _hash(self, node_id: str) -> bytes:
        class_type = self._prompt.get_node(node_id).get("class_type")
        digest = hashlib.sha256(canonical([node_id, class_type]))
        for name, value in self._inputs(node_id):
            digest.update(canonical(name))
            if self._is_link(value):
                # A node that feeds itself is known by its id alone.
                digest.update(self._known.get(value[0], value[0].encode()))
                digest.update(canonical(value[1]))
            else:
                digest.update(self._content(value))
        return digest.digest()

    def _content(self, value: object) -> bytes:
        try:
            return canonical(value)
        except (TypeError, RecursionError):
            return self._hasher(value) or secrets.token_bytes(32)
