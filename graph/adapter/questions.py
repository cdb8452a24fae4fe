"""What a ComfyUI class can be asked besides running.

Which lazy inputs it needs, whether it changed, whether its inputs are sound. Each may be asked of a
coroutine function, and the latter two may name only some of the inputs.
"""

from __future__ import annotations

import inspect
import math
from typing import TYPE_CHECKING, Any

from graph.definition import OwnCheck

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.adapter.instances import Instances
    from graph.context import NodeContext
    from graph.definition import NodeFunction

_ALWAYS = math.nan
_DEEPEST = 32


def needs_of(cls: type, instances: Instances) -> NodeFunction:
    """Return what answers, as `NodeDefinition.ask` does, which lazy inputs a node needs.

    Without `check_lazy_status` that is none.
    """
    method = getattr(cls, "check_lazy_status", None)

    def ask(context: NodeContext, /, **inputs: object) -> list[str]:
        if method is None:
            return []
        return _names(instances.of(context.node_id).check_lazy_status(**inputs))

    async def ask_later(context: NodeContext, /, **inputs: object) -> list[str]:
        return _names(await instances.of(context.node_id).check_lazy_status(**inputs))

    return ask_later if inspect.iscoroutinefunction(method) else ask


def fingerprint_of(cls: type, *, takes_lists: bool) -> NodeFunction | None:
    """Return what answers, as `NodeDefinition.fingerprint` does, with `IS_CHANGED`; None without.

    What cannot be compared counts as changed always.
    """
    method = getattr(cls, "IS_CHANGED", None)
    if not callable(method):
        return None

    def fingerprint(**inputs: object) -> object:
        return _comparable(method(**_wanted(method, inputs, takes_lists=takes_lists)))

    async def fingerprint_later(**inputs: object) -> object:
        return _comparable(await method(**_wanted(method, inputs, takes_lists=takes_lists)))

    return fingerprint_later if inspect.iscoroutinefunction(method) else fingerprint


def own_check_of(cls: type, *, takes_lists: bool) -> OwnCheck | None:
    """Return what checks inputs with `VALIDATE_INPUTS`; None where that takes nothing."""
    method = getattr(cls, "VALIDATE_INPUTS", None)
    if not callable(method):
        return None
    names, takes_all = _parameters(method)
    if not names and not takes_all:
        return None

    def check(**inputs: object) -> Any:  # noqa: ANN401 - an answer, or a coroutine of one
        return method(**{k: [v] for k, v in inputs.items()} if takes_lists else inputs)

    takes_types = "input_types" in names
    return OwnCheck(check, None if takes_all else names - {"input_types"}, takes_types)


def _parameters(method: NodeFunction) -> tuple[frozenset[str], bool]:
    """The names that a function can be given, and whether it takes any other."""
    try:
        found = inspect.signature(method).parameters.values()
    except (TypeError, ValueError):
        return frozenset(), True
    takes_all = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in found)
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return frozenset(p.name for p in found if p.kind in by_name), takes_all


def _wanted(
    method: NodeFunction, inputs: Mapping[str, object], *, takes_lists: bool
) -> Mapping[str, object]:
    names, takes_all = _parameters(method)
    wanted = {k: v for k, v in inputs.items() if takes_all or k in names}
    return {k: [v] for k, v in wanted.items()} if takes_lists else wanted


def _names(answer: object) -> list[str]:
    if not isinstance(answer, list | tuple | set):
        return []
    return [name for name in answer if isinstance(name, str)]


def _comparable(value: object, depth: int = _DEEPEST) -> object:
    """A value that can be part of a key, or NaN, which no key has twice."""
    if isinstance(value, float) and math.isnan(value):
        return _ALWAYS
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    parts: list[object] = []
    if isinstance(value, dict):
        parts = [*value, *value.values()]
    elif isinstance(value, list | tuple):
        parts = [*value]
    else:
        return _ALWAYS
    if not depth or any(_never_same(_comparable(part, depth - 1)) for part in parts):
        return _ALWAYS
    return value


def _never_same(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
