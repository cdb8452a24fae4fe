"""Nodes that do next to nothing, and workflows of them in few words.

`flow({"1": ("Make", {"number": 1}), "2": ("Show", {"value": "1:0"})})`: text of the form `ID:SLOT`
is a link, and fields that are not given hold what the editor fills in first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from graph.decorator import node
from graph.registry import Registry
from graph.sockets import Boolean, Combo, Float, InputFile, Int, ModelFile, Socket, String
from graph.workflow import Link, Workflow, WorkflowNode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.definition import NodeDefinition, NodeFunction
    from graph.workflow import Json, Value

    Nodes = Mapping[str, tuple[str, Mapping[str, Json]]]

Number = Annotated[object, Socket("NUMBER")]
Picture = Annotated[object, Socket("PICTURE")]
Anything = Annotated[object, Socket("*")]


@node("Make", category="stub", aliases=("OldMake",))
def make(number: Annotated[int, Int(0, 100)] = 0) -> Number:
    """Give a number."""
    return number


@node("Add", category="stub")
def add(one: Number, two: Number | None = None, more: Annotated[int, Int()] = 0) -> Number:
    """Add numbers."""
    assert isinstance(one, int)
    assert two is None or isinstance(two, int)
    return one + (two or 0) + more


@node("Paint", category="stub", output_names=("picture", "number"))
def paint(
    text: Annotated[str, String()],
    size: Annotated[float, Float(0.5, 2.0)] = 1.0,
    *,
    style: Annotated[str, Combo(("oil", "ink", "pencil"))] = "oil",
    signed: Annotated[bool, Boolean()] = False,
    number: Number,
) -> tuple[Picture, Number]:
    """Give a picture that is text."""
    return f"{text} {size} {style} {signed} {number}", number


@node("Load", category="stub")
def load(
    model: Annotated[str, ModelFile("vae")], image: Annotated[str, InputFile("image")] = "a.png"
) -> Picture:
    """Give the names of two files."""
    return f"{model} {image}"


@node("Mix", category="stub")
def mix(either: Annotated[object, Socket("NUMBER,PICTURE")], any_: Anything = None) -> Anything:
    """Take one of two types, and anything."""
    return either, any_


@node("Show", category="stub", output_node=True)
def show(value: Anything) -> None:
    """Take anything."""


STUBS: tuple[NodeFunction, ...] = (make, add, paint, load, mix, show)


def registry(*functions: NodeFunction) -> Registry:
    """Return the nodes of this file and some more."""
    found = Registry()
    for function in (*STUBS, *functions):
        found.add(function)
    return found


def flow(nodes: Nodes) -> Workflow:
    """Return a workflow of nodes by id: the class and the inputs of each."""
    known = registry()
    return Workflow(
        {
            key: WorkflowNode(key, name, {**_defaults(known.get(name)), **_values(inputs)})
            for key, (name, inputs) in nodes.items()
        }
    )


def chain(count: int, link: Callable[[int], int] = lambda index: index - 1) -> Workflow:
    """Return so many nodes, each fed by the one before it, the last one an output."""
    nodes: dict[str, tuple[str, dict[str, Json]]] = {"0": ("Make", {})}
    for index in range(1, count - 1):
        nodes[str(index)] = ("Add", {"one": f"{link(index)}:0"})
    nodes[str(count - 1)] = ("Show", {"value": f"{count - 2}:0"})
    return flow(nodes)


def _defaults(definition: NodeDefinition | None) -> dict[str, Value]:
    specs = definition.inputs if definition else ()
    defaults = {spec.name: spec.default for spec in specs if spec.required}
    return {name: value for name, value in defaults.items() if isinstance(value, int | float | str)}


def _values(inputs: Mapping[str, Json]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, value in inputs.items():
        link = re.fullmatch(r"([\w-]+):(-?\d+)", value) if isinstance(value, str) else None
        values[name] = Link(link[1], int(link[2])) if link else value
    return values
