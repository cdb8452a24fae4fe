"""ComfyUI's API format: `{id: {"class_type": …, "inputs": {…}, "_meta": {"title": …}}}`.

An input's value is a link exactly when it is a list of two: a node's id (text, or a whole number
that is a node's id) and an output's number. Any other list is a literal. A literal that looks like
a link is wrapped, `{"__value__": [1, 2]}`, as every literal list is when we write.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from graph.errors import FormatError
from graph.formats.values import copy_json, describe
from graph.workflow import Link, Workflow, WorkflowNode

if TYPE_CHECKING:
    from graph.workflow import Json, Value

WRAPPER = "__value__"


def parse_api(data: object) -> Workflow:
    """Turn API-format JSON into a workflow. The data is copied, never kept or changed.

    Raises:
        FormatError: Something is malformed; it names every such place at once.
    """
    if not isinstance(data, Mapping):
        raise FormatError(
            f"a workflow in API format is an object of nodes by id, not {describe(data)}"
        )
    if not data:
        raise FormatError("the workflow is empty: it has no node at all")
    problems: list[str] = []
    ids = {str(key) for key in data}
    nodes = {str(key): _node(str(key), item, ids, problems) for key, item in data.items()}
    if problems:
        raise FormatError.of(problems)
    return Workflow(nodes)


def to_api(workflow: Workflow) -> dict[str, Json]:
    """Turn a workflow into API-format JSON that shares nothing with it."""
    return {node.id: _node_to_api(node) for node in workflow.nodes.values()}


def is_api(data: object) -> bool:
    """Say whether JSON is meant to be API format: some entry of it looks like a node."""
    return isinstance(data, Mapping) and any(
        isinstance(item, Mapping) and ("class_type" in item or "inputs" in item)
        for item in data.values()
    )


def _node(node_id: str, data: object, ids: set[str], problems: list[str]) -> WorkflowNode:
    if not isinstance(data, Mapping):
        problems.append(f"node {node_id} must be an object with a class_type, not {describe(data)}")
        return WorkflowNode(node_id, "")
    class_type = data.get("class_type")
    if not isinstance(class_type, str) or not class_type:
        got = describe(class_type) if "class_type" in data else "nothing"
        problems.append(f"node {node_id} must name its class in 'class_type', but has {got} there")
        class_type = ""
    inputs = _inputs(node_id, data.get("inputs", {}), ids, problems)
    return WorkflowNode(node_id, class_type, inputs, _title(data.get("_meta")))


def _inputs(node_id: str, data: object, ids: set[str], problems: list[str]) -> dict[str, Value]:
    if not isinstance(data, Mapping):
        problems.append(f"the inputs of node {node_id} must be an object, not {describe(data)}")
        return {}
    inputs: dict[str, Value] = {}
    for name, item in data.items():
        if isinstance(item, str | int | float):
            inputs[str(name)] = item
            continue
        try:
            inputs[str(name)] = _value(item, ids, f"input '{name}' of node {node_id}")
        except FormatError as error:
            problems.extend(error.problems)
    return inputs


def _value(item: object, ids: set[str], where: str) -> Value:
    if isinstance(item, Mapping) and WRAPPER in item:
        return copy_json(item[WRAPPER], where)
    if not isinstance(item, list | tuple) or len(item) != 2:
        return copy_json(item, where)
    node, slot = item
    if not _names_node(node, ids) or isinstance(slot, bool) or not isinstance(slot, int | float):
        return copy_json(item, where)
    if slot < 0 or not float(slot).is_integer():
        raise FormatError(
            f"{where} links to output {slot} of node {node}, "
            "but outputs are numbered with whole numbers from 0"
        )
    return Link(str(node), int(slot))


def _names_node(node: object, ids: set[str]) -> bool:
    """Text always names a node, even a missing one; a number only when such a node exists."""
    if isinstance(node, bool):
        return False
    return isinstance(node, str) or (isinstance(node, int) and str(node) in ids)


def _title(meta: object) -> str:
    title = meta.get("title") if isinstance(meta, Mapping) else None
    return title if isinstance(title, str) else ""


def _node_to_api(node: WorkflowNode) -> dict[str, Json]:
    inputs = {name: _value_to_api(value, name) for name, value in node.inputs.items()}
    data: dict[str, Json] = {"class_type": node.class_type, "inputs": inputs}
    if node.title:
        data["_meta"] = {"title": node.title}
    return data


def _value_to_api(value: Value, name: str) -> Json:
    if isinstance(value, Link):
        return [value.node, value.slot]
    if isinstance(value, str | int | float):
        return value
    copied = copy_json(value, f"input '{name}'")
    if isinstance(copied, list) or (isinstance(copied, dict) and WRAPPER in copied):
        return {WRAPPER: copied}
    return copied
