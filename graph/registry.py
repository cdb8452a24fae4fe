"""The nodes there are, by name. An object, so that tests and workers have their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.decorator import definition_of
from graph.definition import NodeDefinition
from graph.errors import DefinitionError
from graph.suggest import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.definition import NodeFunction


class Registry:
    """Node definitions under their names and aliases."""

    def __init__(self) -> None:
        self._definitions: dict[str, NodeDefinition] = {}
        self._aliases: dict[str, str] = {}

    def add(self, node: NodeDefinition | NodeFunction) -> NodeDefinition:
        """Add a definition or a decorated function.

        Raises:
            DefinitionError: Its name or an alias is taken; the sentence names both sources.
        """
        definition = node if isinstance(node, NodeDefinition) else definition_of(node)
        for name in (definition.name, *definition.aliases):
            if taken := self.get(name):
                raise DefinitionError(
                    f"the node '{name}' is declared twice: by {taken.source or 'unknown'} and by "
                    f"{definition.source or 'unknown'}"
                )
        self._definitions[definition.name] = definition
        self._aliases.update(dict.fromkeys(definition.aliases, definition.name))
        return definition

    def get(self, name: str) -> NodeDefinition | None:
        """Return the definition of a name or alias, or None."""
        found = self._definitions.get(name)
        if found is None and name in self._aliases:
            found = self._definitions[self._aliases[name]]
        return found

    def current(self, name: str) -> NodeDefinition | None:
        """Return what a name or alias means now, or None.

        Options of some nodes change with what is in the folders; `get` has those of the start.
        """
        found = self.get(name)
        return found.refresh() if found is not None and found.refresh is not None else found

    def names(self) -> tuple[str, ...]:
        """Return all names and aliases, sorted."""
        return tuple(sorted([*self._definitions, *self._aliases], key=str.casefold))

    def closest(self, name: str) -> str | None:
        """Return the known name most like one that is not known."""
        return closest(name, [*self._definitions, *self._aliases])

    def __iter__(self) -> Iterator[NodeDefinition]:
        """Definitions in the order in which they were added."""
        return iter(self._definitions.values())

    def __len__(self) -> int:
        return len(self._definitions)
