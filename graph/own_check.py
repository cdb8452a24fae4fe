"""Ask nodes that check their inputs themselves, as `VALIDATE_INPUTS` of ComfyUI's classes does."""

from __future__ import annotations

import asyncio
import inspect
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from graph.coerce import show
from graph.result import Blocked
from graph.sockets import Hidden

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from graph.definition import NodeDefinition


def run_own_check(
    definition: NodeDefinition,
    node_id: str,
    constants: Mapping[str, object],
    types: Mapping[str, str],
) -> tuple[str, str, str, str, str] | None:
    """Have a node check its inputs.

    Args:
        definition: The node, which has a check of its own.
        node_id: Its id in the workflow.
        constants: What is typed in.
        types: What kind of output feeds its linked inputs.

    Returns:
        The type of the problem, what was expected, what came, what to do, and the input's name;
        None if nothing is wrong.
    """
    own = definition.own_check
    if own is None:
        return None
    hidden = {name: node_id for name, kind in definition.hidden.items() if kind is Hidden.UNIQUE_ID}
    known = {**dict.fromkeys(definition.hidden), **hidden, **dict.fromkeys(types), **constants}
    values = {name: value for name, value in known.items() if own.wants(name)}
    asked = [name for name in values if name not in definition.hidden]
    if own.takes_types:
        values["input_types"] = dict(types)
    try:
        verdict = _finish(own.function(**values))
    except Exception as error:  # noqa: BLE001 - the border to a node's code
        got = f"{type(error).__name__}: {error}"
        expected = f"inputs that {definition.name} can check"
        return "exception_during_validation", expected, got, "", ""
    if verdict is True or isinstance(verdict, Blocked):
        return None
    input_ = asked[0] if len(asked) == 1 else ""
    shown = ", ".join(f"{name}={show(constants[name])}" for name in asked if name in constants)
    remedy = "" if verdict is False or verdict is None else f"it says: {verdict}"
    expected = f"values that {definition.name} accepts"
    return "custom_validation_failed", expected, shown or "others", remedy, input_


def _finish(result: object) -> object:
    """Await what is to be awaited, in a thread of its own: a loop may run in this one."""
    if not inspect.isawaitable(result):
        return result
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, _awaited(result)).result()


async def _awaited(result: Awaitable[object]) -> object:
    return await result
