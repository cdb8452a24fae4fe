"""The editor's document (UI format) as the engine's workflow, without an editor.

What the editor does before it queues a document is done here on the file alone: values get their
names from the node classes, muted nodes and what hangs on them drop out, bypassed nodes, reroutes
and subgraphs are linked through, primitive nodes put their value where it belongs, notes vanish.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, NamedTuple

from graph.errors import FormatError
from graph.formats.canvas_reader import read_canvas_document
from graph.formats.dynamic_prompts import choose
from graph.formats.placement import Kind
from graph.formats.trace import Absent, Tracer, Typed
from graph.formats.typed_in import read_unnamed_fields
from graph.formats.unfold import unfold
from graph.formats.values import copy_json
from graph.workflow import Workflow, WorkflowNode

if TYPE_CHECKING:
    from graph.formats.placement import Placed
    from graph.formats.signatures import Signatures
    from graph.workflow import Value


class Conversion(NamedTuple):
    """A converted document, and what was lost on the way, one sentence each."""

    workflow: Workflow
    notes: tuple[str, ...]


def is_ui(data: object) -> bool:
    """Say whether JSON is meant to be the editor's document: it has nodes, in no matter what."""
    if not isinstance(data, dict) or "nodes" not in data:
        return False
    return not isinstance(data["nodes"], dict) or "class_type" not in data["nodes"]


def convert_ui(data: object, signatures: Signatures, random: Random | None = None) -> Conversion:
    """Turn the editor's document, version 0.4 or 1.0, into a workflow.

    Nodes of classes that are not known are kept, with as many of their values as the file names.

    Args:
        data: The document; it is neither kept nor changed.
        signatures: The node classes that are known.
        random: Decides between the `{a|b}` of prompts; by default the same way every time.

    Raises:
        FormatError: The document is malformed; one sentence says what is wrong and where.
    """
    random = random or Random(0)  # noqa: S311 - wording, not secrets
    levels = unfold(read_canvas_document(data), signatures)
    tracer = Tracer()
    nodes: dict[str, WorkflowNode] = {}
    notes: list[str] = []
    for level in levels:
        for placed in level.nodes.values():
            if placed.kind is not Kind.NODE or placed.muted or placed.bypassed:
                continue
            if placed.id in nodes:
                raise FormatError(f"two nodes have the id {placed.id}; each needs its own")
            nodes[placed.id] = _converted(placed, tracer, random)
            notes += _lost(placed)
    if not nodes:
        raise FormatError(
            "nothing in the workflow runs: it has only notes, muted or bypassed nodes"
        )
    return Conversion(Workflow(nodes), tuple(notes))


def _converted(placed: Placed, tracer: Tracer, random: Random) -> WorkflowNode:
    if placed.node.type.startswith(("workflow>", "workflow/")):
        raise FormatError(
            f"{placed} is a group node, which ComfyUI has replaced by subgraphs: "
            "open the file in ComfyUI, convert the group back to nodes, and save it again"
        )
    inputs = _field_inputs(placed, random)
    for number, slot in enumerate(placed.inputs):
        if slot.link is None or not slot.name:
            continue
        source = tracer.source(placed, number)
        if isinstance(source, Typed):
            inputs[slot.name] = _own(source.value, slot.name)
        elif source is Absent.MUTED:
            inputs.pop(slot.name, None)
        elif not isinstance(source, Absent):
            inputs[slot.name] = source
    default = placed.layout.title if placed.layout else placed.node.type
    return WorkflowNode(placed.id, placed.node.type, inputs, placed.node.title or default)


def _field_inputs(placed: Placed, random: Random) -> dict[str, Value]:
    inputs: dict[str, Value] = {name: _own(value, name) for name, value in placed.fields.items()}
    for field in placed.layout.fields if placed.layout else ():
        text = inputs.get(field.name)
        if field.sent and field.source and field.source.dynamic_prompts and isinstance(text, str):
            inputs[field.name] = choose(text, random)
    return inputs


def _own(value: Value, name: str) -> Value:
    """Copy what could be changed, so that no two nodes share a list."""
    return copy_json(value, name) if isinstance(value, list | dict) else value


def _lost(placed: Placed) -> list[str]:
    if placed.layout or not placed.node.values or read_unnamed_fields(placed.node) is not None:
        return []
    return [
        f"{placed} is of a class that is not known here, and the file does not say what its "
        f"{len(placed.node.values)} values are called; they were left out"
    ]
