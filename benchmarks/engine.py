"""What the engine itself costs: `python -m benchmarks.engine`.

Graphs of nodes that do nothing, in a chain and as a fan; per node, for a first run and for one in
which nothing changed; with all that is on by default: queue, history, disk cache, one subscriber.
Bars: 0.15 ms and 0.03 ms a node, no more than 1.3 times as much a node with ten times the nodes,
10 KB of memory a node, 2 MB of events for a fan, and 1 ms for an unchanged prompt of five nodes.
"""

from __future__ import annotations

import gc
import json
import random
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, TypeAlias

from benchmarks.house import house, prompt_of
from graph.decorator import node
from graph.sockets import Int, Socket
from graph.workflow import Link, Value, Workflow, WorkflowNode

Number = Annotated[int, Socket("NUMBER")]
Shape: TypeAlias = Callable[[int], Workflow]

FIRST, UNCHANGED, GROWTH, PROMPT = 0.15, 0.03, 1.3, 1.0
"""Bars: milliseconds a node, milliseconds a node, times, milliseconds."""
MEMORY, EVENTS, BRANCHES = 10.0, 2.0, 1.15
"""Bars: kilobytes a node, megabytes, seconds."""
REPEATS = 5


@node("Make", category="benchmark")
def make(number: Annotated[int, Int()] = 0) -> Number:
    """Give a number."""
    return number


@node("Add", category="benchmark")
def add(number: Number, more: Annotated[int, Int()] = 1) -> Number:
    """Add to a number."""
    return number + more


@node("Sleep", category="benchmark")
def sleep(number: Annotated[int, Int()] = 0) -> Number:
    """Sleep for a second."""
    time.sleep(1)
    return number


@node("Show", category="benchmark", output_node=True)
def show(number: Number) -> None:
    """Take a number."""


NODES = (make, add, sleep, show)


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


def measure(workflow: Workflow) -> tuple[float, float]:
    """Return the milliseconds of a first run and of one that finds nothing changed, at best."""
    first, unchanged = [], []
    prompt = prompt_of(workflow)
    for _ in range(REPEATS):
        with house(NODES) as fresh:
            first.append(_milliseconds(lambda: fresh.run(prompt)))
            unchanged += [_milliseconds(lambda: fresh.run(prompt)) for _ in range(REPEATS)]
    return min(first), min(unchanged)


def engine_alone(workflow: Workflow) -> float:
    """Return the milliseconds of a run of the engine that finds nothing changed, at best."""
    with house(NODES) as fresh:
        fresh.engine.run(workflow)
        return min(_milliseconds(lambda: fresh.engine.run(workflow)) for _ in range(REPEATS * 5))


def bytes_of_events(workflow: Workflow) -> int:
    """Return how much is told of a first run, as JSON."""
    with house(NODES) as fresh:
        fresh.run(prompt_of(workflow))
        return sum(len(json.dumps(asdict(event))) for event in fresh.heard)


def bytes_held(workflow: Workflow) -> float:
    """Return the most memory that a first run takes at a time, in bytes a node."""
    prompt = prompt_of(workflow)
    with house(NODES) as fresh:
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        fresh.run(prompt)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return (most - before) / len(workflow.nodes)


def branches() -> float:
    """Return the seconds that two nodes take of which each sleeps for one."""
    nodes = {str(key): WorkflowNode(str(key), "Sleep", {"number": key}) for key in range(2)}
    nodes["2"] = WorkflowNode("2", "Add", {"number": Link("0", 0), "more": 1})
    nodes |= {
        f"s{key}": WorkflowNode(f"s{key}", "Show", {"number": Link(str(key), 0)}) for key in (1, 2)
    }
    with house(NODES) as fresh:
        started = time.perf_counter()
        fresh.run(prompt_of(Workflow(nodes)))
        return time.perf_counter() - started


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
        missed += _report("… memory", bytes_held(shape(10_000)) / 1000, MEMORY, "KB a node")
    missed += _report("fan of 1,112, first run", measure(fan(1_112))[0] / 1_112, FIRST)
    missed += _report("… its events", bytes_of_events(fan(1_112)) / 1e6, EVENTS, "MB")
    missed += _report("prompt of 5, engine alone", engine_alone(chain(5)), PROMPT, "ms")
    missed += _report("two branches of 1 s", branches(), BRANCHES, "s")
    return missed


def _report(what: str, value: float, bar: float, unit: str = "ms a node") -> bool:
    verdict = "ok" if value <= bar else "MISSED"
    print(f"{what:28} {value:8.4f} {unit:10} bar {bar:5} {verdict}")
    return value > bar


def _milliseconds(run: Callable[[], object]) -> float:
    """Processor time of all threads: what else this machine does should not count."""
    gc.collect()
    started = time.process_time()
    run()
    return (time.process_time() - started) * 1000


if __name__ == "__main__":
    sys.exit(main())
