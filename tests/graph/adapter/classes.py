"""Making classes in ComfyUI's convention in few words, and calling what they become."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.adapter.node_class import adapt
from graph.context import NodeContext
from graph.folders import Folders

if TYPE_CHECKING:
    from graph.definition import NodeDefinition

FOLDERS = Folders.under(Path("/nowhere"))


class AnyType(str):
    """A type that differs from no other, as packs write it."""

    __slots__ = ()

    def __ne__(self, _other: object) -> bool:
        return False

    __eq__ = str.__eq__
    __hash__ = str.__hash__


ANY = AnyType("*")


def make(inputs: object = None, function: Any = None, **attributes: Any) -> type:  # noqa: ANN401 - what classes hold
    """A class with such INPUT_TYPES, whose function gives back its inputs unless given."""

    def input_types(_cls: type) -> object:
        return inputs() if callable(inputs) else inputs if inputs is not None else {}

    def run(_self: object, **given: object) -> tuple[object]:
        return (given,)

    body = {
        "INPUT_TYPES": classmethod(input_types),
        "RETURN_TYPES": ("*",),
        "FUNCTION": "run",
        "run": function or run,
        **attributes,
    }
    return type("Made", (), body)


def define(inputs: object = None, function: Any = None, **attributes: Any) -> NodeDefinition:  # noqa: ANN401
    """The definition of such a class, called `Made`."""
    return adapt(make(inputs, function, **attributes), "Made", source="custom_nodes.made")


def call(definition: NodeDefinition, node_id: str = "1", **inputs: object) -> Any:  # noqa: ANN401 - whatever comes
    """Call a definition's function for a node."""
    result = definition.function(NodeContext(node_id, FOLDERS), **inputs)
    return asyncio.run(result) if inspect.iscoroutine(result) else result


def ask(function: Any, *before: object, **inputs: object) -> Any:  # noqa: ANN401 - any of a definition's
    """Call another of a definition's functions."""
    result = function(*before, **inputs)
    return asyncio.run(result) if inspect.iscoroutine(result) else result
