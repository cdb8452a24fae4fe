"""What the engine itself costs: `python -m benchmarks.engine`.

Graphs of nodes that do nothing, in a chain and as a fan; per node, for a first run and for one in
which nothing changed. Bars: 0.15 ms and 0.03 ms a node, no more than 1.3 times as much a node with
ten times the nodes, and 1 ms for an unchanged prompt of five nodes.
"""

from __future__ import annotations

import gc
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeAlias

from graph.decorator import node
from graph.executor import Engine
from graph.folders import Folders
from graph.registry import Registry
from graph.sockets import Int, Socket
from graph.workflow import Link, Value, Workflow, WorkflowNode

Number = Annotated[int, Socket("NUMBER")]
Shape: TypeAlias = Callable[[int], Workflow]

FIRST, UNCHANGED, GROWTH, PROMPT = 0.15, 0.03, 1.3, 1.0
"""Bars: milliseconds a node, milliseconds a node, times, milliseconds."""
REPEATS = 5


@node("Make", category="benchmark")
def make(number: Annotated[int, Int()] = 0) -> Number:
    """Give a number."""
    return number


@node("Add", category="benchmark")
def add(number: Number, more: Annotated[int, Int()] = 1) -> Number:
    """Add to a number."""
    return number + more


@node("Show", category="benchmark", output_node=True)
def show(number: Number) -> None:
    """Take a number."""


def chain(count: int) -> Workflow:
    """A first node, each fed by the one before it, the last one an output."""
    nodes = {"0": WorkflowNode("0", "Make", {"number": 0})}
    for index in range(1, count - 1):
        inputs: dict[str, Value] = {"number": Link(str(index - 1), 0), "more": index}
        nodes[str(index)] = WorkflowNode(str(index), "Add", inputs)
    last = str(count - 1)
    nodes[last] = WorkflowNode(last, "Show", {"number": Link(str(count - 2), 0)})
    return _shuffled(nodes)


def fan(count: int) -> Workflow:
    """One node feeds half of the others, and each of these an output of its own."""
    nodes = {"0": WorkflowNode("0", "Make", {"number": 0})}
    for index in range(1, count - 1, 2):
        inputs: dict[str, Value] = {"number": Link("0", 0), "more": index}
        nodes[str(index)] = WorkflowNode(str(index), "Add", inputs)
        shown = str(index + 1)
        nodes[shown] = WorkflowNode(shown, "Show", {"number": Link(str(index), 0)})
    return _shuffled(nodes)


def _shuffled(nodes: dict[str, WorkflowNode]) -> Workflow:
    """Files list nodes in no order that would help."""
    order = list(nodes.values())
    random.Random(0).shuffle(order)
    return Workflow({node.id: node for node in order})


def engine() -> Engine:
    """An engine that knows nothing yet but the nodes of this file."""
    registry = Registry()
    for function in (make, add, show):
        registry.add(function)
    return Engine(registry, Folders.under(Path(tempfile.gettempdir()) / "safelight-benchmark"))


def measure(workflow: Workflow) -> tuple[float, float]:
    """Return the milliseconds of a first run and of one that finds nothing changed, at best."""
    first, unchanged = [], []
    for _ in range(REPEATS):
        fresh = engine()
        first.append(_milliseconds(fresh, workflow))
        unchanged += [_milliseconds(fresh, workflow) for _ in range(REPEATS)]
    return min(first), min(unchanged)


def main() -> int:
    """Measure all graphs; answers how many bars were missed."""
    missed = 0
    for shape in (chain, fan):
        before: tuple[float, float] | None = None
        for count in (1_000, 10_000):
            first, unchanged = (total / count for total in measure(shape(count)))
            missed += _report(f"{shape.__name__} of {count:6,}, first run", first, FIRST)
            missed += _report(f"{shape.__name__} of {count:6,}, unchanged", unchanged, UNCHANGED)
            if before is not None:
                missed += _report("… grown, first run", first / before[0], GROWTH, "times")
                missed += _report("… grown, unchanged", unchanged / before[1], GROWTH, "times")
            before = first, unchanged
    missed += _report("prompt of 5, unchanged", measure(chain(5))[1], PROMPT, "ms")
    return missed


def _report(what: str, value: float, bar: float, unit: str = "ms a node") -> bool:
    verdict = "ok" if value <= bar else "MISSED"
    print(f"{what:28} {value:8.4f} {unit:10} bar {bar:5} {verdict}")
    return value > bar


def _hear(_event: object) -> None:
    """Somebody listens, as in real life."""


def _milliseconds(fresh: Engine, workflow: Workflow) -> float:
    """Processor time: what else this machine does should not count."""
    gc.collect()
    started = time.process_time()
    fresh.run(workflow, on_event=_hear)
    return (time.process_time() - started) * 1000


if __name__ == "__main__":
    sys.exit(main())
