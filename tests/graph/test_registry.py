"""Registry: names, aliases, duplicates, and the order of declaration."""

from __future__ import annotations

import pytest

from graph.decorator import node
from graph.definition import NodeDefinition
from graph.errors import DefinitionError
from graph.registry import Registry


def _definition(name: str, *aliases: str, source: str = "pack.one") -> NodeDefinition:
    return NodeDefinition(name, lambda: None, aliases=aliases, source=source)


def test_a_node_answers_to_its_name_and_its_aliases() -> None:
    registry = Registry()
    added = registry.add(_definition("LoadCheckpoint", "CheckpointLoaderSimple"))
    assert registry.get("LoadCheckpoint") is added
    assert registry.get("CheckpointLoaderSimple") is added
    assert registry.get("loadcheckpoint") is None


def test_a_decorated_function_is_added_with_its_definition() -> None:
    @node("Nothing", category="test")
    def nothing() -> None:
        """Do nothing."""

    registry = Registry()
    assert registry.add(nothing).function is nothing
    assert registry.get("Nothing") is not None


def test_a_plain_function_is_refused() -> None:
    with pytest.raises(DefinitionError, match="lacks the @node decorator"):
        Registry().add(lambda: None)


@pytest.mark.parametrize(
    ("second", "name"),
    [
        (_definition("A", source="pack.two"), "A"),
        (_definition("B", source="pack.two"), "B"),
        (_definition("C", "A", source="pack.two"), "A"),
        (_definition("C", "B", source="pack.two"), "B"),
    ],
)
def test_a_name_that_is_taken_names_both_sources(second: NodeDefinition, name: str) -> None:
    registry = Registry()
    registry.add(_definition("A", "B"))
    with pytest.raises(
        DefinitionError, match=rf"'{name}' is declared twice: .*pack\.one.*pack\.two"
    ):
        registry.add(second)
    assert registry.names() == ("A", "B")


def test_names_are_sorted_and_definitions_keep_their_order() -> None:
    registry = Registry()
    for name in ("b", "C", "a"):
        registry.add(_definition(name))
    registry.add(_definition("d", "Alias"))
    assert registry.names() == ("a", "Alias", "b", "C", "d")
    assert [definition.name for definition in registry] == ["b", "C", "a", "d"]
    assert len(registry) == 4


def test_the_closest_name_may_be_an_alias() -> None:
    registry = Registry()
    registry.add(_definition("LoadCheckpoint", "CheckpointLoaderSimple"))
    assert registry.closest("CheckpointLoaderSimpel") == "CheckpointLoaderSimple"
    assert registry.closest("Zebra") is None
