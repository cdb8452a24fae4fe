"""The nodes that one pass over a workflow asks for, each looked up once and as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.definition import NodeDefinition
    from graph.registry import Registry


class Lookup:
    """What a registry knows during one pass; many nodes may share a class, or a missing one."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._found: dict[str, NodeDefinition | None] = {}
        self._closest: dict[str, str | None] = {}

    def get(self, name: str) -> NodeDefinition | None:
        """Return the definition of a class by its name or alias, or None."""
        if name not in self._found:
            self._found[name] = self._registry.current(name)
        return self._found[name]

    def closest(self, name: str) -> str | None:
        """Return the known name most like one that is not known."""
        if name not in self._closest:
            self._closest[name] = self._registry.closest(name)
        return self._closest[name]
