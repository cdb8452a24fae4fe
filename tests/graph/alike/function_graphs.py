"""Nodes that others stand for, as functions; `class_graphs` has the same as classes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

from graph.builder import GraphBuilder
from graph.decorator import node
from graph.result import Expansion, NodeOutput
from graph.sockets import Boolean
from tests.graph.alike.sockets import Anything, LazyRaw, Me, Number, Numbers, Text, Whole  # noqa: TC001 - the decorator reads them

if TYPE_CHECKING:
    from graph.definition import NodeFunction


@node("Unpack", category="alike")
def unpack(number: Whole) -> Numbers:
    """Stand for a box, and give what is in it."""
    graph = GraphBuilder()
    inner = graph.node("Box", number=number)
    return Expansion(graph.finalize(), (inner.out(0),))  # type: ignore[return-value]


@node("Wrap", category="alike")
def wrap(what: Text, number: Number, deep: Whole = 0) -> Number:
    """Stand for a node of a class, wrapped so many times more."""
    graph = GraphBuilder()
    if deep:
        inner = graph.node("Wrap", what=what, number=number, deep=deep - 1)
    else:
        inner = graph.node(what, number=number)
    return Expansion(graph.finalize(), (inner.out(0),))  # type: ignore[return-value]


@node("Various", category="alike", output_node=True)
def various(number: Number) -> Number:
    """Give a number, give and tell one, or stand for a node and tell one: by turns."""
    if number % 3 == 0:
        return number
    told = {"told": [number]}
    if number % 3 == 1:
        return NodeOutput((10 * number,), told)  # type: ignore[return-value]
    graph = GraphBuilder()
    inner = graph.node("PlusOne", number=100 * number)
    return Expansion(graph.finalize(), (inner.out(0),), told)  # type: ignore[return-value]


@node("WrapLater", category="alike")
async def wrap_later(what: Text, number: Number) -> Number:
    """Stand for a node of a class, after a while."""
    await asyncio.sleep(0)
    graph = GraphBuilder()
    inner = graph.node(what, number=number)
    return Expansion(graph.finalize(), (inner.out(0),))  # type: ignore[return-value]


@node("WrapAs", category="alike")
def wrap_as(what: Text, number: Number, shown: Text) -> Number:
    """Stand for a node of a class that is shown as another node."""
    graph = GraphBuilder()
    inner = graph.node(what, number=number)
    inner.set_override_display_id(shown)
    return Expansion(graph.finalize(), (inner.out(0),))  # type: ignore[return-value]


@node("Branch", category="alike")
def branch(on: Annotated[bool, Boolean()], number: Number) -> Number:
    """Stand for a choice between two nodes that stand for others, one of which would fail."""
    graph = GraphBuilder()
    good = graph.node("Wrap", what="PlusOne", number=number, deep=1)
    bad = graph.node("Wrap", what="Break", number=number, deep=1)
    choice = graph.node("Pick", on=on, a=good.out(0), b=bad.out(0))
    return Expansion(graph.finalize(), (choice.out(0),))  # type: ignore[return-value]


@node("PlusOne", category="alike")
def plus_one(number: Number) -> Number:
    """Add one."""
    return number + 1


def _no_ask(on: bool, a: object, b: object) -> list[str]:
    return []


@node("Route", category="alike", ask=_no_ask)
def route(on: Annotated[bool, Boolean()], a: LazyRaw, b: LazyRaw) -> Anything:
    """Stand for one of two links, and evaluate no other."""
    return Expansion({}, (a if on else b,))


@node("Itself", category="alike")
def itself(*, me: Me = "") -> Number:
    """Stand for itself."""
    return Expansion({}, ([me, 0],))  # type: ignore[return-value]


@node("StandFor", category="alike")
def stand_for(other: Text) -> Number:
    """Stand for any node of the workflow."""
    return Expansion({}, ([other, 0],))  # type: ignore[return-value]


@node("Round", category="alike")
def round_() -> Number:
    """Stand for two nodes that feed each other."""
    graph = GraphBuilder()
    one, two = graph.node("PlusOne"), graph.node("PlusOne")
    one.set_input("number", two.out(0))
    two.set_input("number", one.out(0))
    return Expansion(graph.finalize(), (one.out(0),))  # type: ignore[return-value]


@node("Lacking", category="alike")
def lacking(what: Text) -> Number:
    """Stand for a node of a class without any of its inputs."""
    graph = GraphBuilder()
    inner = graph.node(what)
    return Expansion(graph.finalize(), (inner.out(0),))  # type: ignore[return-value]


GRAPHS: tuple[NodeFunction, ...] = (
    unpack,
    wrap,
    various,
    wrap_later,
    wrap_as,
    branch,
    plus_one,
    route,
    itself,
    stand_for,
    round_,
    lacking,
)
