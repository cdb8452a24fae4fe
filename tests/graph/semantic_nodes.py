"""Nodes with lists, lazy inputs, expansions, blockers and coroutines, for tests of the engine."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Annotated, Any

from graph.builder import GraphBuilder
from graph.context import NodeContext  # noqa: TC001 - the decorator reads it
from graph.decorator import node
from graph.definition import Lane
from graph.dynamic_prompt import DynamicPrompt  # noqa: TC001 - the decorator reads it
from graph.result import Blocked, Expansion
from graph.sockets import Boolean, Float, Hidden, Int, Socket, String, Trait
from tests.graph.stub_engine import fill_in, note

if TYPE_CHECKING:
    from graph.definition import NodeFunction

Number = Annotated[int, Socket("NUMBER")]
Lazy = Annotated[int, Socket("NUMBER"), Trait.LAZY]
Numbers = Annotated[list[int], Socket("NUMBER"), Trait.LIST]
Anything = Annotated[object, Socket("*")]
RawLink = Annotated[list[Any], Socket("NUMBER"), Trait.RAW_LINK]


@node("Range", category="stub")
def range_(
    ctx: NodeContext, count: Annotated[int, Int(0, 1000)] = 3, upto: Number | None = None
) -> Numbers:
    """Give a list of numbers from 0."""
    note(ctx)
    return list(range(count if upto is None else upto))


@node("Total", category="stub", takes_lists=True)
def total(ctx: NodeContext, numbers: Number) -> Number:
    """Add up a list."""
    note(ctx)
    return sum(numbers)  # type: ignore[call-overload, no-any-return]


def _choose(ctx: NodeContext, on: bool, a: int | None, b: int | None) -> list[str]:
    questions = ctx.service("questions")
    if isinstance(questions, list):
        questions.append(ctx.node_id)
    return (["a"] if a is None else []) if on else (["b"] if b is None else [])


@node("Choose", category="stub", ask=_choose)
def choose(ctx: NodeContext, on: Annotated[bool, Boolean()], a: Lazy, b: Lazy) -> Number:
    """Give one of two, and evaluate no other."""
    note(ctx)
    return a if on else b


def _first_then(ctx: NodeContext, a: int | None, b: int | None) -> list[str]:
    if a is None:
        return ["a"]
    return ["b"] if a > 1 and b is None else []


@node("Cascade", category="stub", ask=_first_then)
def cascade(ctx: NodeContext, a: Lazy, b: Lazy) -> Number:
    """Give the first if it is at most 1, else the sum of both."""
    note(ctx)
    return a if b is None else a + b


@node("Stop", category="stub")
def stop(
    ctx: NodeContext,
    number: Number,
    over: Annotated[int, Int()] = 1,
    text: Annotated[str, String()] = "",
) -> Number:
    """Block what is over a number."""
    note(ctx)
    return Blocked(text or None) if number > over else number  # type: ignore[return-value]


@node("Twice", category="stub")
def twice(ctx: NodeContext, number: Number) -> Number:
    """Stand for an addition of a number to itself."""
    note(ctx)
    graph = GraphBuilder()
    made = graph.node("Add", a=number, b=number)
    return Expansion(graph.finalize(), (made.out(0),))  # type: ignore[return-value]


@node("Countdown", category="stub")
def countdown(ctx: NodeContext, number: Number, left: Annotated[int, Int(0, 10_000)] = 3) -> Number:
    """Add one as often as told, by standing for itself with one less to do."""
    note(ctx)
    if not left:
        return number
    graph = GraphBuilder()
    more = graph.node("Add", a=number, plus=1)
    again = graph.node("Countdown", number=more.out(0), left=left - 1)
    return Expansion(graph.finalize(), (again.out(0),))  # type: ignore[return-value]


@node("ShowTwice", category="stub")
def show_twice(ctx: NodeContext, number: Number) -> Number:
    """Stand for an output, and give the number."""
    note(ctx)
    graph = GraphBuilder()
    graph.node("Save", value=number, prefix="inner")
    return Expansion(graph.finalize(), (number,))  # type: ignore[return-value]


@node("Sometimes", category="stub")
def sometimes(ctx: NodeContext, number: Number) -> Number:
    """Give even numbers, and stand for an addition for odd ones."""
    note(ctx)
    if number % 2 == 0:
        return number
    graph = GraphBuilder()
    made = graph.node("Add", a=number, plus=100)
    return Expansion(graph.finalize(), (made.out(0),))  # type: ignore[return-value]


@node("StandFor", category="stub")
def stand_for(ctx: NodeContext, link: RawLink) -> Number:
    """Stand for what a link brings."""
    note(ctx)
    return Expansion({}, (link,))  # type: ignore[return-value]


@node("ReachOut", category="stub")
def reach_out(ctx: NodeContext, key: Annotated[str, String()], after: Anything = None) -> Number:
    """Stand for any node of the workflow, by its id."""
    note(ctx)
    graph = GraphBuilder()
    made = graph.node("Add", a=[key, 0], plus=1000)
    return Expansion(graph.finalize(), (made.out(0),))  # type: ignore[return-value]


@node("Reread", category="stub")
def reread(
    ctx: NodeContext,
    key: Annotated[str, String()],
    times: Annotated[int, Int()] = 1,
    after: Anything = None,
) -> Anything:
    """Stand for a node that passes on what any node of the workflow made."""
    note(ctx)
    graph = GraphBuilder()
    made = graph.node("SaveAndPass", value=[key, 0])
    return Expansion(graph.finalize(), (made.out(0),))


@node("ReadInside", category="stub")
def read_inside(
    ctx: NodeContext, image: Annotated[str, String()], after: Anything = None
) -> Anything:
    """Stand for a node that reads a file."""
    note(ctx)
    graph = GraphBuilder()
    made = graph.node("Read", image=image)
    return Expansion(graph.finalize(), (made.out(0),))


@node("Constant", category="stub")
def constant(ctx: NodeContext, after: Anything) -> Number:
    """Give 1, whatever comes."""
    note(ctx)
    return 1


@node("LookBack", category="stub")
def look_back(
    ctx: NodeContext,
    number: Number,
    *,
    prompt: Annotated[DynamicPrompt | None, Hidden.DYNPROMPT] = None,
) -> Anything:
    """Stand for what feeds the node that feeds this one."""
    note(ctx)
    assert prompt is not None
    source = prompt.get_node(ctx.node_id)["inputs"]["number"][0]
    return Expansion({}, (prompt.get_node(source)["inputs"]["after"],))


@node("DiceInside", category="stub")
def dice_inside(ctx: NodeContext) -> Number:
    """Stand for a node that is never the same."""
    note(ctx)
    graph = GraphBuilder()
    made = graph.node("Dice")
    return Expansion(graph.finalize(), (made.out(0),))  # type: ignore[return-value]


@node("Unknown", category="stub")
def unknown(ctx: NodeContext) -> Number:
    """Stand for a node that is not there."""
    note(ctx)
    return Expansion({"x": {"class_type": "Nowhere", "inputs": {}}}, (["x", 0],))  # type: ignore[return-value]


@node("Circle", category="stub")
def circle(ctx: NodeContext) -> Number:
    """Stand for a node that waits for this one."""
    note(ctx)
    graph = GraphBuilder()
    made = graph.node("Add", a=[ctx.node_id, 0])
    return Expansion(graph.finalize(), (made.out(0),))  # type: ignore[return-value]


@node("Wait", category="stub")
async def wait(
    ctx: NodeContext, number: Number | None = None, seconds: Annotated[float, Float(0, 60)] = 0.05
) -> Number:
    """Give a number after a while."""
    note(ctx)
    await asyncio.sleep(seconds)
    return (number or 0) + 1


@node("WaitAndFail", category="stub")
async def wait_and_fail(ctx: NodeContext, number: Number | None = None) -> Number:
    """Raise after a while."""
    note(ctx)
    await asyncio.sleep(0.01)
    raise ValueError("too late")


@node("Meet", category="stub")
def meet(ctx: NodeContext, name: Annotated[str, String()], number: Number | None = None) -> Number:
    """Give 1 once another node is at the same point, which needs a thread of its own."""
    note(ctx)
    barrier = ctx.service("barrier")
    assert isinstance(barrier, threading.Barrier)
    barrier.wait(10)
    return 1 + (number or 0)


@node("Compute", category="stub", lane=Lane.ACCELERATOR)
def compute(
    ctx: NodeContext, name: Annotated[str, String()] = "", number: Number | None = None
) -> Number:
    """Keep the accelerator busy, and note if somebody else does."""
    note(ctx)
    busy = ctx.service("busy")
    assert isinstance(busy, list)
    busy.append(ctx.node_id)
    assert len(busy) == 1
    time.sleep(0.002)
    busy.pop()
    return (number or 0) + 1


@node("Look", category="stub")
def look(
    ctx: NodeContext,
    number: Number,
    *,
    prompt: Annotated[DynamicPrompt | None, Hidden.DYNPROMPT] = None,
) -> Anything:
    """Tell what feeds this node."""
    note(ctx)
    assert prompt is not None
    source = prompt.get_node(ctx.node_id)["inputs"]["number"][0]
    return prompt.get_node(source)["inputs"]


@node("Hungry", category="stub", thrifty=True)
def hungry(ctx: NodeContext, number: Number | None = None) -> Anything:
    """Have no memory, unless it is thrifty."""
    note(ctx)
    if not ctx.thrifty:
        raise MemoryError
    return "thrifty"


NODES: tuple[NodeFunction, ...] = (
    *(range_, total, choose, cascade, stop, twice, countdown, show_twice, sometimes),
    *(
        stand_for,
        reach_out,
        reread,
        read_inside,
        dice_inside,
        constant,
        look_back,
        unknown,
        circle,
        wait,
        wait_and_fail,
        meet,
        compute,
        look,
        hungry,
    ),
)

fill_in(NODES)
