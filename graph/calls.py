"""Call a node's function and read what it gives back, with errors that name what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.errors import DefinitionError
from graph.result import NodeOutput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.checked import CheckedNode
    from graph.context import NodeContext
    from graph.definition import NodeDefinition
    from graph.sockets import Hidden


def call(
    node: CheckedNode,
    context: NodeContext,
    linked: Mapping[str, object],
    hidden: Mapping[Hidden, object],
) -> NodeOutput:
    """Run a node.

    Args:
        node: What to run, and its typed-in values.
        context: What it sees of the world.
        linked: The values that its links bring, by input.
        hidden: What the engine fills in where a node asks for it.

    Raises:
        DefinitionError: It gave back another number of outputs than it declares.
        Exception: Whatever it raises.
    """
    definition = node.definition
    filled = {name: hidden.get(kind) for name, kind in definition.hidden.items()}
    before = (context,) if definition.needs_context else ()
    result = definition.function(*before, **node.constants, **linked, **filled)
    return _output(result, definition)


def sentence(error: Exception) -> str:
    """Say an exception in one line: its own sentence, with its type where that says more."""
    text = " ".join(str(error).split())
    # Errors that packages define carry sentences; Python's own need their name to be clear.
    if text and type(error).__module__ != "builtins":
        return text
    return ": ".join(filter(None, (type(error).__name__, text)))


def _output(result: object, definition: NodeDefinition) -> NodeOutput:
    count = len(definition.outputs)
    if not isinstance(result, NodeOutput):
        result = NodeOutput(_values(result, count))
    if len(result.values) != count:
        raise DefinitionError(
            f"the node gave back {len(result.values)} outputs where its class declares {count}; "
            "its code needs mending"
        )
    return result


def _values(result: object, count: int) -> tuple[object, ...]:
    if count == 1:
        return (result,)
    if isinstance(result, tuple):
        return result
    return () if result is None else (result,)
