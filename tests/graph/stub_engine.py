"""Small nodes and short workflows, for tests of the engine.

`wire(a=("Number", {"value": 2}), b=("Show", {"value": "@a"}))` is a workflow; `@a` or `@a:1` is a
link to node `a`. What is not given is filled in, as an editor would. `Stubs` is an engine over
these nodes that notes what runs and what is told.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from graph.cache import MemoryCache
from graph.context import NodeContext  # noqa: TC001 - the decorator reads it
from graph.decorator import definition_of, node
from graph.definition import MISSING
from graph.errors import NodeInputError
from graph.events import Event, NodeCached, NodeStarted
from graph.executor import Engine, Options
from graph.folders import Folders
from graph.registry import Registry
from graph.result import NodeOutput
from graph.sockets import Boolean, Combo, Float, Hidden, InputFile, Int, ModelFile, Socket, String
from graph.workflow import Link, Value, Workflow, WorkflowNode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from graph.definition import NodeFunction
    from graph.report import RunResult

Number = Annotated[int, Socket("NUMBER")]
Words = Annotated[str, Socket("WORDS")]
Anything = Annotated[object, Socket("*")]


class Block:
    """A value that weighs something and can be watched by a weak reference."""

    def __init__(self, name: str, size: int = 100) -> None:
        self.name = name
        self.size = size


def storages(value: object) -> list[tuple[int, int]]:
    """What a value holds: each `Block` in it."""
    if isinstance(value, tuple | list):
        return [block for part in value for block in storages(part)]
    return [(id(value), value.size)] if isinstance(value, Block) else []


def content_hash(value: object) -> bytes | None:
    """Numbers have a content hash, other things have none."""
    return hashlib.sha256(repr(value).encode()).digest() if isinstance(value, int) else None


@node("Number", category="stub", aliases=("OldNumber",))
def number(ctx: NodeContext, value: Annotated[int, Int(0, 100)] = 1) -> Number:
    """Give a number."""
    note(ctx)
    return value


@node("Half", category="stub")
def half(ctx: NodeContext, number: Number) -> Number:
    """Divide by two, rounding down."""
    note(ctx)
    return number // 2


@node("Add", category="stub")
def add(
    ctx: NodeContext, a: Number, b: Number | None = None, plus: Annotated[int, Int()] = 0
) -> Number:
    """Add up."""
    note(ctx)
    return a + (b or 0) + plus


@node("Words", category="stub")
def words(
    ctx: NodeContext,
    text: Annotated[str, String()] = "",
    loud: Annotated[bool, Boolean()] = False,
    size: Annotated[float, Float(0.5, 2)] = 1.0,
    colour: Annotated[str, Combo(("red", "green", "blue"))] = "red",
) -> Words:
    """Give words."""
    note(ctx)
    return f"{text} {loud} {size} {colour}"


@node("Both", category="stub", output_names=("n", "w"))
def both(ctx: NodeContext) -> tuple[Number, Words]:
    """Give a number and words."""
    note(ctx)
    return 7, "seven"


@node("Heavy", category="stub")
def heavy(ctx: NodeContext, name: Annotated[str, String()], after: Anything = None) -> Words:
    """Give something that weighs 100 and has no content hash."""
    note(ctx)
    return Block(name)  # type: ignore[return-value]


@node("Dice", category="stub", pure=False)
def dice(ctx: NodeContext) -> Number:
    """Give what the service of that name says."""
    note(ctx)
    return next(ctx.service("dice"))  # type: ignore[call-overload, no-any-return]


@node("Read", category="stub")
def read(ctx: NodeContext, image: Annotated[str, InputFile("image")]) -> Words:
    """Read a file of the input folder."""
    note(ctx)
    path = ctx.folders.input_path(image, outside=ctx.allow_outside_inputs)
    return path.read_text("utf-8")


@node("Load", category="stub")
def load(ctx: NodeContext, name: Annotated[str, ModelFile("checkpoints")]) -> Words:
    """Read a model."""
    note(ctx)
    return ctx.folders.model_path("checkpoints", name).read_text("utf-8")


@node("Fail", category="stub")
def fail(ctx: NodeContext, after: Anything = None) -> Number:
    """Raise what the service of that name holds."""
    note(ctx)
    raise ctx.service("fail", NodeInputError("it cannot be done"))  # type: ignore[misc]


@node("Show", category="stub", output_node=True)
def show(ctx: NodeContext, value: Anything, after: Anything = None) -> NodeOutput:
    """Tell clients a value."""
    note(ctx)
    return NodeOutput(ui={"shown": [value]})


@node("Save", category="stub", output_node=True)
def save(ctx: NodeContext, value: Anything, prefix: Annotated[str, String()] = "x") -> NodeOutput:
    """Write a value to a file with a number of its own."""
    note(ctx)
    taken = len(list(ctx.folders.output.glob(f"{prefix}_*")))
    path = ctx.folders.output / f"{prefix}_{taken}.txt"
    path.write_text(str(value), "utf-8")
    return NodeOutput(ui={"texts": [{"filename": path.name}]}, files=(path,))


@node("SaveAndPass", category="stub", output_node=True)
def save_and_pass(ctx: NodeContext, value: Words) -> Words:
    """Do something and pass the value on."""
    note(ctx)
    return value


@node("Whoami", category="stub", output_node=True)
def whoami(
    ctx: NodeContext,
    *,
    me: Annotated[str | None, Hidden.UNIQUE_ID] = None,
    prompt: Annotated[dict[str, Any] | None, Hidden.PROMPT] = None,
    extra: Annotated[dict[str, Any] | None, Hidden.EXTRA_PNGINFO] = None,
) -> NodeOutput:
    """Tell what the engine fills in."""
    note(ctx)
    return NodeOutput(ui={"me": me, "prompt": prompt, "extra": extra})


NODES: tuple[NodeFunction, ...] = (
    *(number, half, add, words, both, heavy, dice),
    *(read, load, fail, show, save, save_and_pass, whoami),
)

_DEFAULTS: dict[str, dict[str, Any]] = {}


def fill_in(functions: Iterable[NodeFunction]) -> None:
    """Have `wire` give the inputs of these nodes that an editor would."""
    for definition in map(definition_of, functions):
        _DEFAULTS[definition.name] = {
            spec.name: spec.default
            for spec in definition.inputs
            if spec.required and spec.default is not MISSING
        }


fill_in(NODES)
Given: TypeAlias = "tuple[str, Mapping[str, object]] | str"


def note(ctx: NodeContext) -> None:
    ran = ctx.service("ran")
    if isinstance(ran, list):
        ran.append(ctx.node_id)


def registry(*more: NodeFunction) -> Registry:
    """All nodes of this file, and more."""
    made = Registry()
    for function in (*NODES, *more):
        made.add(function)
    return made


def wire(nodes: Mapping[str, Given] | None = None, /, **more: Given) -> Workflow:
    """A workflow: by id the class and inputs, or the class alone; `@id:slot` is a link."""
    made = {}
    for key, what in {**(nodes or {}), **more}.items():
        class_type, inputs = (what, {}) if isinstance(what, str) else what
        linked = {name: _linked(value) for name, value in inputs.items()}
        made[key] = WorkflowNode(key, class_type, {**_DEFAULTS.get(class_type, {}), **linked})
    return Workflow(made)


def _linked(value: object) -> Value:
    if isinstance(value, str) and value.startswith("@"):
        source, _, slot = value[1:].partition(":")
        return Link(source, int(slot or 0))
    return value  # type: ignore[return-value]


def folders(base: Path) -> Folders:
    """The usual folders, made."""
    made = Folders.under(base)
    for folder in (made.input, made.output, made.temp, *made.models["checkpoints"]):
        folder.mkdir(parents=True, exist_ok=True)
    return made


class Stubs:
    """An engine over these nodes.

    Attributes:
        ran: Ids of nodes that ran during the last run, in order.
        events: What was told during the last run.
        services: What nodes may ask for.
    """

    def __init__(self, base: Path, budget: int = 10_000, *more: NodeFunction) -> None:
        self.ran: list[str] = []
        self.events: list[Event] = []
        self.services: dict[str, object] = {"ran": self.ran}
        self.cache = MemoryCache(budget, storages)
        self.engine = Engine(
            registry(*more),
            folders(base),
            cache=self.cache,
            hasher=content_hash,
            services=self.services,
        )

    def run(self, workflow: Workflow, *targets: str, **options: Any) -> RunResult:  # noqa: ANN401 - those of `Options`
        """Run a workflow; targets are its output nodes unless named."""
        self.ran.clear()
        self.events.clear()
        given = Options(**options)
        if targets:
            given = replace(given, targets=targets)
        return self.engine.run(workflow, on_event=self.events.append, options=given)

    def told(self, kind: type[Event]) -> list[Event]:
        """The events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def cached(self) -> list[str]:
        """Ids of the nodes of which it was told that they need not run."""
        return [event.node_id for event in self.events if isinstance(event, NodeCached)]

    @property
    def reasons(self) -> dict[str, str]:
        """Why nodes ran, by id."""
        return {
            event.node_id: event.reason for event in self.events if isinstance(event, NodeStarted)
        }
