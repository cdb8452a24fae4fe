"""Call a node's function with what its links bring, and read what it gives back.

One link may bring several items. A node that takes no lists is called once for each, the shorter
lists repeating their last item; what it gives back is put together again. An item that is blocked
is not called for, and what would have come of it is blocked as well.
"""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from graph.errors import DefinitionError
from graph.facts import fact
from graph.result import Blocked, Expansion, Items, NodeOutput

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Iterator, Mapping, Sequence

    from graph.checked import CheckedNode
    from graph.context import NodeContext
    from graph.definition import NodeDefinition, NodeFunction
    from graph.sockets import Hidden

Result: TypeAlias = NodeOutput | Expansion
Arguments: TypeAlias = "Mapping[str, object]"

_Answer = TypeVar("_Answer")
_BLOCKED = Blocked()
_LONGEST = 4096
"""Characters of an exception's text that are told; some carry whole tensors or pages."""


@fact()
class Calls:
    """What a node's function is to be called with.

    Attributes:
        items: The arguments of each call, or why there is none.
        mapped: Whether there is a call for each item of a list.
    """

    items: Sequence[Arguments | Blocked]
    mapped: bool = False

    @property
    def messages(self) -> list[str]:
        """What the user is to be told of items that are blocked."""
        found = [item.message for item in self.items if isinstance(item, Blocked)]
        return [text for text in dict.fromkeys(found) if text is not None]


def prepare(
    node: CheckedNode, linked: Mapping[str, object], hidden: Mapping[Hidden, object]
) -> Calls:
    """Lay out the calls of a node.

    Args:
        node: What to run, and its typed-in values.
        linked: The values that its links bring, by input; `Items` where there are several.
        hidden: What the engine fills in where a node asks for it.
    """
    definition = node.definition
    fixed = {name: hidden.get(kind) for name, kind in definition.hidden.items()}
    fixed |= node.constants
    if node.given:
        fixed |= node.given
    if node.raw:
        fixed |= {name: [link.node, link.slot] for name, link in node.raw.items()}
    if definition.takes_lists:
        return _whole_lists(fixed, linked)
    lengths = [len(value) for value in linked.values() if isinstance(value, Items)]
    if not lengths:
        return Calls((_unless_blocked(fixed, linked),))
    count = max(lengths) if min(lengths) else 0
    items = [
        _unless_blocked(fixed, {name: _item(value, index) for name, value in linked.items()})
        for index in range(count)
    ]
    return Calls(items, mapped=True)


def _whole_lists(fixed: Arguments, linked: Arguments) -> Calls:
    lists = {name: [value] for name, value in fixed.items()}
    lists |= {n: [*value] if isinstance(value, Items) else [value] for n, value in linked.items()}
    for items in lists.values():
        for item in items:
            if isinstance(item, Blocked):
                return Calls((item,))
    return Calls((lists,))


def _item(value: object, index: int) -> object:
    return value[min(index, len(value) - 1)] if isinstance(value, Items) else value


def _unless_blocked(fixed: Arguments, linked: Arguments) -> Arguments | Blocked:
    for value in linked.values():
        if isinstance(value, Blocked):
            return value
    return {**fixed, **linked}


def call(
    function: NodeFunction, node: CheckedNode, context: NodeContext, calls: Calls
) -> list[Any]:
    """Make calls one after the other.

    Args:
        function: The node's, or one that is called like it.
        node: The node.
        context: What it sees of the world.
        calls: What it is called with.

    Returns:
        What came of each; a `Blocked` without message for those that were not made.

    Raises:
        Exception: Whatever the function raises.
    """
    before = (context,) if node.definition.needs_context else ()
    return [
        _BLOCKED if isinstance(item, Blocked) else function(*before, **item) for item in calls.items
    ]


async def call_async(
    function: NodeFunction, node: CheckedNode, context: NodeContext, calls: Calls
) -> list[Any]:
    """Make calls of a coroutine function, all at once; the first error cancels the others."""
    made = call(function, node, context, calls)
    tasks = [asyncio.ensure_future(item) for item in made if inspect.isawaitable(item)]
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    results = iter(tasks)
    return [next(results).result() if inspect.isawaitable(item) else item for item in made]


async def awaited(answer: Awaitable[_Answer]) -> _Answer:
    """Wait for anything that can be waited for."""
    return await answer


def read(results: Iterable[object], definition: NodeDefinition) -> list[Result]:
    """Read what calls gave back.

    Raises:
        DefinitionError: It is another number of outputs than the node declares.
    """
    return [_read(result, definition) for result in results]


def merge(results: Sequence[NodeOutput], definition: NodeDefinition, *, mapped: bool) -> NodeOutput:
    """Put what came of the items of a list together; what is one output stays as it is.

    Raises:
        DefinitionError: An output that is declared to be a list is none.
    """
    lists = [output.is_list for output in definition.outputs]
    if not mapped and not any(lists):
        return results[0]
    values: list[object] = []
    for slot, is_list in enumerate(lists):
        column = [result.values[slot] for result in results]
        if is_list:
            values.append(
                Items(item for part in column for item in _listed(part, definition, slot))
            )
        else:
            values.append(Items(_flat(column)) if mapped else column[0])
    ui = [result.ui for result in results if result.ui is not None]
    files = tuple(path for result in results for path in result.files)
    return NodeOutput(tuple(values), _joined(ui), files)


def _flat(column: Iterable[object]) -> Iterator[object]:
    """The items of a column, some of which may be several: what stood for a node had lists."""
    for value in column:
        if isinstance(value, Items):
            yield from value
        else:
            yield value


def _listed(part: object, definition: NodeDefinition, slot: int) -> Iterable[object]:
    if isinstance(part, Blocked):
        return (part,)
    if isinstance(part, list | tuple):
        return part
    raise DefinitionError(
        f"output {slot} ({definition.outputs[slot].name}) is declared to be a list, and the node "
        f"gave back one {type(part).__name__}; its code needs mending"
    )


def _joined(parts: Sequence[Mapping[str, object]]) -> Mapping[str, object] | None:
    """What clients are told of several items: lists one behind the other, the last of all else."""
    if len(parts) < 2:
        return parts[0] if parts else None
    joined: dict[str, object] = dict(parts[0])
    for part in parts[1:]:
        for name, value in part.items():
            before = joined.get(name)
            if isinstance(before, list | tuple) and isinstance(value, list | tuple):
                joined[name] = [*before, *value]
            else:
                joined[name] = value
    return joined


def sentence(error: BaseException) -> str:
    """Say an exception in one line: its own sentence, with its type where that says more."""
    try:
        text = " ".join(str(error)[:_LONGEST].split())
    except Exception:  # noqa: BLE001 - the border to a node's code: some exceptions cannot say it
        text = ""
    # Errors that packages define carry sentences; Python's own need their name to be clear.
    if text and type(error).__module__ != "builtins":
        return text
    return ": ".join(filter(None, (type(error).__name__, text)))


def _read(result: object, definition: NodeDefinition) -> Result:
    count = len(definition.outputs)
    if isinstance(result, Blocked):
        return NodeOutput((result,) * count)
    if not isinstance(result, NodeOutput | Expansion):
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
