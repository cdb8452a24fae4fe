"""Turns a node that is a function into a class in ComfyUI's convention that does the same."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from graph.adapter.node_class import adapt
from graph.context import current
from graph.decorator import definition_of
from graph.result import Expansion, NodeOutput

if TYPE_CHECKING:
    from graph.definition import NodeDefinition, NodeFunction


def as_class(function: NodeFunction) -> NodeDefinition:
    """Return the definition of a class with the inputs, outputs and ways of a function."""
    ours = definition_of(function)
    before = (lambda: (current.get(),)) if ours.needs_context else tuple

    def run(_self: object, **inputs: object) -> object:
        return _returned(function(*before(), **inputs), outputs=len(ours.outputs))

    async def run_later(_self: object, **inputs: object) -> object:
        return _returned(await function(*before(), **inputs), outputs=len(ours.outputs))

    def ask(_self: object, **inputs: object) -> object:
        assert ours.ask is not None
        return ours.ask(**inputs)

    declared = {spec.name: (spec.kind.type, {"lazy": spec.lazy}) for spec in ours.inputs}
    body = {
        "INPUT_TYPES": classmethod(lambda _cls: {"required": declared}),
        "RETURN_TYPES": tuple(output.type for output in ours.outputs),
        "OUTPUT_IS_LIST": tuple(output.is_list for output in ours.outputs),
        "INPUT_IS_LIST": ours.takes_lists,
        "OUTPUT_NODE": ours.output_node,
        "FUNCTION": "run",
        "run": run_later if inspect.iscoroutinefunction(function) else run,
        "check_lazy_status": ask,
    }
    return adapt(type(ours.name, (), body), ours.name)


def _returned(result: Any, outputs: int) -> object:  # noqa: ANN401 - whatever a function gives back
    if isinstance(result, Expansion):
        return {"result": tuple(result.values), "expand": result.nodes, "ui": result.ui}
    if isinstance(result, NodeOutput):
        return {"result": tuple(result.values), "ui": result.ui}
    return (result,) if outputs == 1 else result
