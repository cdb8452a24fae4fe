"""Small nodes as functions with our decorator; `classes` has the same as ComfyUI's classes.

Both have the same names, sockets and behaviour, so that one test can be run with either.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

from graph.context import NodeContext  # noqa: TC001 - the decorator reads it
from graph.decorator import node
from graph.definition import OwnCheck
from graph.dynamic_prompt import DynamicPrompt  # noqa: TC001 - the decorator reads it
from graph.result import Blocked, NodeOutput
from graph.sockets import Boolean, Combo, Float, Hidden, Int, Socket, Trait
from tests.graph.alike.sockets import Anything, Either, Lazy, Me, Number, Numbers, Text, Whole  # noqa: TC001 - the decorator reads them

if TYPE_CHECKING:
    from graph.definition import NodeFunction
from tests.graph.alike.notes import ASKED, WORLD, meet, wait_without_end


@node("Give", category="alike")
def give(value: Whole) -> Number:
    """Give a number."""
    return value


@node("Say", category="alike")
def say(text: Text) -> Annotated[str, Socket("TEXT")]:
    """Give text."""
    return text


@node("Many", category="alike")
def many(count: Whole, first: Number | None = None) -> Numbers:
    """Give a list of numbers."""
    return [(first or 0) + index for index in range(count)]


@node("Flags", category="alike")
def flags() -> Annotated[list[bool], Socket("BOOLEAN"), Trait.LIST]:
    """Give no and yes."""
    return [False, True]


@node("Plus", category="alike")
def plus(a: Number, b: Number | None = None, more: Whole | None = None) -> Number:
    """Add."""
    return a + (b or 0) + (more or 0)


@node("Sum", category="alike", takes_lists=True)
def sum_(numbers: Number) -> Number:
    """Add up a list."""
    return sum(numbers)  # type: ignore[call-overload, no-any-return]


@node("Describe", category="alike")
def describe(what: Either) -> Annotated[str, Socket("TEXT")]:
    """Say what kind of thing comes in."""
    return type(what).__name__


@node("AnyNumber", category="alike")
def any_(**more: Anything) -> Anything:
    """Give the names and values of whatever is linked."""
    return sorted(more.items())


def _pick(on: bool, a: object, b: object) -> list[str]:
    ASKED.append((on, a, b))
    wanted, value = ("a", a) if on else ("b", b)
    return [wanted] if value is None else []


@node("Pick", category="alike", ask=_pick)
def pick(on: Annotated[bool, Boolean()], a: Lazy, b: Lazy) -> Number:
    """Give one of two, and evaluate no other."""
    return a if on else b


async def _pick_later(on: bool, a: object, b: object) -> list[str]:
    await asyncio.sleep(0)
    return _pick(on, a, b)


@node("PickLater", category="alike", ask=_pick_later)
async def pick_later(on: Annotated[bool, Boolean()], a: Lazy, b: Lazy) -> Number:
    """Give one of two, by coroutines."""
    await asyncio.sleep(0)
    return a if on else b


def _pick_lists(on: list[bool], a: list[object], b: list[object]) -> list[str]:
    return _pick(on[0], a[0], b[0])


@node("PickLists", category="alike", ask=_pick_lists, takes_lists=True)
def pick_lists(on: Annotated[bool, Boolean()], a: Lazy, b: Lazy) -> Number:
    """Give the sum of one of two lists."""
    return sum(a if on[0] else b)  # type: ignore[index, call-overload, no-any-return]


def _look(number: int | None, *, me: str) -> object:
    ASKED.append((number, me))
    return WORLD["value"]


@node("Look", category="alike", fingerprint=_look)
def look(number: Number, *, me: Me = "") -> Number:
    """Depend on the world."""
    return number


@node("LookAndPick", category="alike", ask=_pick, fingerprint=lambda **_: ASKED.append("changed"))
def look_and_pick(on: Annotated[bool, Boolean()], a: Lazy, b: Lazy) -> Number:
    """Depend on the world, and give one of two."""
    return a if on else b


@node("Guard", category="alike")
def guard(number: Number, message: Text | None = None) -> Number:
    """Let even numbers through."""
    return Blocked(message or None) if number % 2 else number  # type: ignore[return-value]


@node("Break", category="alike")
def break_(number: Number | None = None) -> Number:
    """Raise."""
    raise ValueError("the moon is full")


@node("Later", category="alike")
async def later(number: Number, seconds: Annotated[float, Float(0, 60)]) -> Number:
    """Give a number after a while."""
    await asyncio.sleep(seconds)
    return number


@node("Together", category="alike")
async def together(number: Number, place: Text, count: Whole) -> Number:
    """Give a number once so many calls are under way, wherever."""
    await meet(f"{number} {place}", count)
    return number


@node("BreakLater", category="alike")
async def break_later(number: Number | None = None) -> Number:
    """Raise after a while."""
    await asyncio.sleep(0.01)
    raise ValueError("the moon is full")


@node("Pair", category="alike")
async def pair(number: Number) -> Number:
    """Give a number once two are here."""
    await meet(str(number), 2)
    return number


@node("BreakOrWait", category="alike")
async def break_or_wait(number: Number) -> Number:
    """Raise for 0, once all others wait, which they do without end."""
    await meet(str(number), 3)
    if not number:
        raise ValueError("the moon is full")
    await wait_without_end()
    return number


@node("Hungry", category="alike")
def hungry(number: Number) -> Number:
    """Have no memory the first time."""
    ASKED.append("tried")
    if len(ASKED) == 1:
        raise MemoryError
    return number


@node("Steps", category="alike")
def steps(ctx: NodeContext, number: Number) -> Number:
    """Take two steps."""
    ctx.progress(1, 2)
    ctx.progress(2, 2)
    return number


@node("StepsLater", category="alike")
async def steps_later(ctx: NodeContext, number: Number) -> Number:
    """Take two steps, and let others go on between them."""
    ctx.progress(1, 2)
    await asyncio.sleep(0)
    ctx.progress(2, 2)
    return number


@node("Tell", category="alike", output_node=True)
def tell(value: Anything) -> NodeOutput:
    """Tell clients a value."""
    return NodeOutput(ui={"told": [value]})


@node("TellAndPass", category="alike", output_node=True)
def tell_and_pass(number: Number) -> Number:
    """Tell clients a number, and pass it on."""
    return NodeOutput((number,), {"told": [number]})  # type: ignore[return-value]


@node("Few", category="alike")
def few() -> tuple[Number, Number]:
    """Give one output too few."""
    return (1,)  # type: ignore[return-value]


@node("Box", category="alike")
def box(number: Whole) -> Annotated[list[int], Socket("BOX")]:
    """Put a number into a box."""
    return [number]


@node("Spoil", category="alike")
def spoil(box: Annotated[list[int], Socket("BOX")]) -> Number:
    """Change what it is given."""
    box.append(0)
    return len(box)


@node("Defaulted", category="alike")
def defaulted(number: Whole = 7) -> Number:
    """Give a number."""
    return number


@node("Hidden", category="alike")
def hidden(
    *,
    me: Me = "",
    prompt: Annotated[dict[str, Any] | None, Hidden.PROMPT] = None,
    extra: Annotated[dict[str, Any] | None, Hidden.EXTRA_PNGINFO] = None,
    grown: Annotated[DynamicPrompt | None, Hidden.DYNPROMPT] = None,
) -> Anything:
    """Give what the engine fills in."""
    assert prompt is not None
    assert grown is not None
    return [me, prompt[me]["class_type"], extra, grown.get_node(me) == prompt[me]]


@node("Old", category="alike", deprecated=True, experimental=True)
def old(kind: Annotated[str, Combo(("a", "b"))]) -> Number:
    """Be no longer offered."""
    return len(kind)


async def _checked(number: int | None, kind: str) -> object:
    await asyncio.sleep(0)
    return number is None or number < 100 or f"{number} is too much for {kind}"


@node("Checked", category="alike", own_check=OwnCheck(_checked, frozenset({"number", "kind"})))
def checked(number: Annotated[int, Int(0, 9)], kind: Annotated[str, Combo(("a", "b"))]) -> Number:
    """Give a number up to 99, of any kind."""
    return number


FUNCTIONS: tuple[NodeFunction, ...] = (
    give,
    say,
    many,
    flags,
    plus,
    sum_,
    describe,
    any_,
    pick,
    pick_later,
    pick_lists,
    look,
    look_and_pick,
    guard,
    break_,
    later,
    together,
    pair,
    break_later,
    break_or_wait,
    hungry,
    steps,
    steps_later,
    tell,
    tell_and_pass,
    few,
    box,
    spoil,
    defaulted,
    hidden,
    old,
    checked,
)
