"""Whatever the graph, running it in parallel, one after the other and in the mind give the same.

Random graphs of nodes with lists, lazy inputs, expansions, blockers, coroutines and failures, which
are functions with our decorator or the same as ComfyUI's classes, are run by the engine with many
threads and with none, fresh and once more, and are worked out by a few lines that know nothing of
machines, lanes and caches.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.builder import GraphBuilder
from graph.cache import MemoryCache
from graph.context import NodeContext  # noqa: TC001 - the decorator reads it
from graph.decorator import node
from graph.definition import Lane
from graph.errors import NodeFailed
from graph.events import Event, NodeCached, NodeErred, NodeFinished, NodeStarted
from graph.executor import Engine, Options
from graph.folders import Folders
from graph.registry import Registry
from graph.result import Blocked, Expansion, Items, NodeOutput
from graph.sockets import Int, Socket, Trait
from graph.workflow import Link, Workflow, WorkflowNode
from tests.graph.alike.as_class import as_class
from tests.graph.stub_engine import content_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

Number = Annotated[int, Socket("NUMBER")]
Lazy = Annotated[int, Socket("NUMBER"), Trait.LAZY]
Numbers = Annotated[list[int], Socket("NUMBER"), Trait.LIST]
Value = int | Blocked | Items


class _FailedError(Exception):
    """In the mind: a node failed, or needs one that did."""


@node("Source", category="s")
def source(seed: Annotated[int, Int()]) -> Number:
    """Give a number."""
    return seed


@node("Plus", category="s")
def plus(a: Number, b: Number, seed: Annotated[int, Int()]) -> Number:
    """Add."""
    time.sleep(seed % 3 / 10_000)
    return (a + 2 * b + seed) % 97


@node("Heavy", category="s", lane=Lane.ACCELERATOR)
def heavy(a: Number, b: Number, seed: Annotated[int, Int()]) -> Number:
    """Add on the accelerator."""
    return (a + 3 * b + seed) % 97


@node("Later", category="s")
async def later(a: Number, b: Number, seed: Annotated[int, Int()]) -> Number:
    """Add after a while."""
    await asyncio.sleep(seed % 3 / 10_000)
    return (a + 5 * b + seed) % 97


@node("Spread", category="s")
def spread(a: Number, b: Number, seed: Annotated[int, Int()]) -> Numbers:
    """Give a list."""
    return [(a + index) % 97 for index in range((b + seed) % 4)]


@node("Gather", category="s", takes_lists=True)
def gather(a: Number, b: Number, seed: Annotated[int, Int()]) -> Number:
    """Add up lists."""
    return (sum(a) + 7 * sum(b)) % 97  # type: ignore[call-overload, no-any-return]


def _ask(a: int | None, b: int | None, seed: int) -> list[str]:
    return (["a"] if a is None else []) if seed % 2 else (["b"] if b is None else [])


@node("Either", category="s", ask=_ask)
def either(a: Lazy, b: Lazy, seed: Annotated[int, Int()]) -> Number:
    """Give one of two."""
    return a if seed % 2 else b


@node("Block", category="s")
def block(a: Number, b: Number, seed: Annotated[int, Int()]) -> Number:
    """Block some numbers."""
    return Blocked() if (a + seed) % 3 == 0 else b  # type: ignore[return-value]


@node("Break", category="s")
def break_(a: Number, b: Number, seed: Annotated[int, Int()]) -> Number:
    """Fail for some numbers."""
    if (a + b + seed) % 4 == 0:
        raise ValueError("broken")
    return a


@node("Grow", category="s")
def grow(context: NodeContext, a: Number, b: Number, seed: Annotated[int, Int()]) -> Number:
    """Stand for a chain of additions, one of which stands for another chain."""
    if seed <= 0:
        return a
    graph = GraphBuilder()
    first = graph.node("Plus", a=a, b=b, seed=seed)
    again = graph.node("Grow", a=first.out(0), b=first.out(0), seed=seed - 40)
    return Expansion(graph.finalize(), (again.out(0),))  # type: ignore[return-value]


@node("See", category="s", output_node=True)
def see(a: Number) -> NodeOutput:
    """Show a number."""
    return NodeOutput(ui={"seen": [a]})


NODES = (source, plus, heavy, later, spread, gather, either, block, break_, grow, see)
KINDS = ("Plus", "Heavy", "Later", "Spread", "Gather", "Either", "Block", "Break", "Grow")


@st.composite
def graphs(draw: st.DrawFn) -> Workflow:
    """A graph of some nodes, of which some are shown."""
    count = draw(st.integers(1, 12))
    nodes = {"0": WorkflowNode("0", "Source", {"seed": draw(st.integers(0, 9))})}
    for index in range(1, count + 1):
        earlier = st.integers(0, index - 1)
        links = {name: Link(str(draw(earlier)), 0) for name in "ab"}
        kind = draw(st.sampled_from(KINDS))
        inputs: dict[str, Any] = {**links, "seed": draw(st.integers(0, 96))}
        nodes[str(index)] = WorkflowNode(str(index), kind, inputs)
    shown = draw(st.sets(st.integers(0, count), min_size=1, max_size=4))
    for index in sorted(shown):
        nodes[f"see {index}"] = WorkflowNode(f"see {index}", "See", {"a": Link(str(index), 0)})
    return Workflow(nodes)


class Mind:
    """Works a graph out by recursion."""

    def __init__(self, workflow: Workflow) -> None:
        self._nodes = workflow.nodes
        self._known: dict[str, Value | None] = {}

    def seen(self) -> dict[str, list[Value] | None]:
        """What each output shows: None where something failed; without those that are blocked."""
        shown: dict[str, list[Value] | None] = {}
        for key, node_ in self._nodes.items():
            if node_.class_type == "See":
                try:
                    items = [
                        i for i in _items(self._value(node_, "a")) if not isinstance(i, Blocked)
                    ]
                except _FailedError:
                    shown[key] = None
                    continue
                if items:
                    shown[key] = items
        return shown

    def _value(self, node_: WorkflowNode, name: str) -> Value:
        link = node_.inputs[name]
        assert isinstance(link, Link)
        if link.node not in self._known:
            try:
                self._known[link.node] = self._made(self._nodes[link.node])
            except _FailedError:
                self._known[link.node] = None
        known = self._known[link.node]
        if known is None:
            raise _FailedError
        return known

    def _made(self, node_: WorkflowNode) -> Value:
        seed: Any = node_.inputs["seed"]
        kind = node_.class_type
        if kind == "Source":
            return int(seed)
        if kind == "Either":
            return self._value(node_, "a" if seed % 2 else "b")
        a, b = self._value(node_, "a"), self._value(node_, "b")
        if kind == "Gather":
            every = [*_items(a), *_items(b)]
            if any(isinstance(item, Blocked) for item in every):
                return Blocked()
            return int(sum(_items(a)) + 7 * sum(_items(b))) % 97
        if not isinstance(a, Items) and not isinstance(b, Items):
            made = _one(kind, a, b, seed)
            return Items(made) if isinstance(made, list) else made
        lists = _items(a), _items(b)
        count = max(map(len, lists)) if all(lists) else 0
        out: list[Any] = []
        for at in range(count):
            left, right = (part[min(at, len(part) - 1)] for part in lists)
            one = _one(kind, left, right, seed)
            out += one if isinstance(one, list) else [one]
        return Items(out)


def _items(value: Any) -> tuple[Any, ...]:  # noqa: ANN401 - one or several
    return tuple(value) if isinstance(value, Items) else (value,)


def _one(kind: str, a: Any, b: Any, seed: int) -> Any:  # noqa: ANN401 - what one item makes
    if isinstance(a, Blocked) or isinstance(b, Blocked):
        return [Blocked()] if kind == "Spread" else Blocked()
    match kind:
        case "Plus" | "Heavy" | "Later":
            factor = {"Plus": 2, "Heavy": 3, "Later": 5}[kind]
            return (a + factor * b + seed) % 97
        case "Spread":
            return [(a + index) % 97 for index in range((b + seed) % 4)]
        case "Block":
            return Blocked() if (a + seed) % 3 == 0 else b
        case "Break":
            if (a + b + seed) % 4 == 0:
                raise _FailedError
            return a
    while seed > 0:
        a = b = (a + 2 * b + seed) % 97
        seed -= 40
    return a


class Machine:
    """The engine, and what came of a run."""

    def __init__(self, base: Path, threads: int, budget: int, kind: str) -> None:
        registry = Registry()
        for function in NODES:
            registry.add(function if kind == "functions" else as_class(function))
        self.engine = Engine(
            registry,
            Folders.under(base),
            cache=MemoryCache(budget, lambda values: [(id(values), 10)]),
            hasher=content_hash,
            threads=threads,
        )

    def run(self, workflow: Workflow) -> tuple[Mapping[str, Any], set[str], int]:
        """What each output shows, which nodes failed, and how many ran."""
        events: list[Event] = []
        error = None
        try:
            self.engine.run(workflow, on_event=events.append, options=Options())
        except NodeFailed as failed:
            error = failed
        told = [event for event in events if isinstance(event, NodeFinished | NodeCached)]
        shown = {event.node_id: event.ui["seen"] for event in told if event.ui}
        failed_nodes = {event.node_id for event in events if isinstance(event, NodeErred)}
        assert (error is not None) == bool(failed_nodes)
        ran = sum(isinstance(event, NodeStarted) for event in events)
        return shown, failed_nodes, ran


@pytest.fixture(scope="module")
def base() -> Path:
    return Path(tempfile.mkdtemp())


@pytest.mark.parametrize("kind", ["functions", "classes"])
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(workflow=graphs(), budget=st.sampled_from([0, 30, 10_000]))
def test_parallel_and_sequential_runs_give_what_can_be_worked_out(
    base: Path, kind: str, workflow: Workflow, budget: int
) -> None:
    expected = Mind(workflow).seen()
    sound = {key: value for key, value in expected.items() if value is not None}
    outcomes = []
    for threads in (0, 4):
        machine = Machine(base, threads, budget, kind)
        try:
            shown, failed, ran = machine.run(workflow)
            assert shown == sound
            assert bool(failed) >= (None in expected.values())
            # With little memory, which of two equal nodes finds the other's values is chance.
            outcomes.append((failed, ran if budget == 10_000 else 0))
            again, failed_again, ran_again = machine.run(workflow)
            assert (again, failed_again) == (shown, failed)
            if budget == 10_000 and not failed:
                assert ran_again == 0
        finally:
            machine.engine.close()
    assert outcomes[0] == outcomes[1]
