"""Several nodes at a time: on which lane, in which order, and what happens when one fails."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from graph.cancel import CancelToken
from graph.errors import Cancelled, NodeFailed
from graph.events import JobCancelled, JobFailed, NodeErred, NodeStarted, NodeWarning
from graph.executor import Options
from tests.graph.semantic_nodes import NODES
from tests.graph.stub_engine import Given, Stubs, wire

if TYPE_CHECKING:
    from pathlib import Path

    from graph.events import Event


@pytest.fixture
def stubs(tmp_path: Path) -> Stubs:
    made = Stubs(tmp_path, 10_000, *NODES)
    made.services["busy"] = []
    return made


def test_branches_that_do_not_need_each_other_run_at_the_same_time(stubs: Stubs) -> None:
    stubs.services["barrier"] = threading.Barrier(2)
    workflow = wire(
        a=("Meet", {"name": "a"}), b=("Meet", {"name": "b"}), sum=("Add", {"a": "@a", "b": "@b"})
    )
    assert stubs.run(workflow, "sum").values["sum"] == (2,)


def test_an_accelerator_does_one_thing_at_a_time_and_one_output_after_the_other(
    stubs: Stubs,
) -> None:
    nodes: dict[str, Given] = {}
    for name in "abc":
        nodes[name] = ("Compute", {"name": name})
        nodes[f"{name}2"] = ("Compute", {"number": f"@{name}", "name": name})
        nodes[f"show {name}"] = ("Show", {"value": f"@{name}2"})
    stubs.run(wire(nodes))
    assert [key for key in stubs.ran if key in "a a2 b b2 c c2"] == [
        "a",
        "a2",
        "b",
        "b2",
        "c",
        "c2",
    ]


def test_the_accelerator_works_while_others_do(stubs: Stubs) -> None:
    stubs.services["barrier"] = threading.Barrier(2)
    workflow = wire(
        {
            "meet": ("Meet", {"name": "a"}),
            **{f"c{i}": ("Compute", {"name": str(i)}) for i in range(3)},
            "other": ("Meet", {"name": "b", "number": "@c2"}),
        }
    )
    stubs.run(workflow, "meet", "other", "c0", "c1")
    assert stubs.ran.index("meet") < stubs.ran.index("other")


def test_what_the_longest_path_waits_for_goes_first(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 10_000, *NODES)
    stubs.engine.workers.threads = 1
    nodes: dict[str, Given] = {
        "short": ("Number", {"value": 1}),
        "long": ("Number", {"value": 2}),
        "one": ("Add", {"a": "@long"}),
        "two": ("Add", {"a": "@one", "plus": 3}),
        "end": ("Add", {"a": "@short", "b": "@two"}),
    }
    stubs.run(wire(nodes), "end")
    assert stubs.ran[0] == "long"


def test_two_nodes_of_the_same_recipe_run_once(stubs: Stubs) -> None:
    stubs.services["barrier"] = threading.Barrier(1)
    workflow = wire(a=("Meet", {"name": "same"}), b=("Meet", {"name": "same"}))
    assert stubs.run(workflow, "a", "b").values == {"a": (1,), "b": (1,)}
    assert len(stubs.ran) == 1
    assert len(stubs.cached) == 1


def test_what_does_not_depend_on_a_failure_runs_to_its_end(stubs: Stubs) -> None:
    workflow = wire(
        bad="WaitAndFail",
        after=("Half", {"number": "@bad"}),
        lost=("Show", {"value": "@after"}),
        n=("Wait", {"seconds": 0.05}),
        show=("Show", {"value": "@n"}),
    )
    with pytest.raises(NodeFailed, match=r"^WaitAndFail \(node bad\): ValueError: too late"):
        stubs.run(workflow)
    assert sorted(stubs.ran) == ["bad", "n", "show"]
    erred = [event.node_id for event in stubs.events if isinstance(event, NodeErred)]
    assert (erred, type(stubs.events[-1])) == (["bad"], JobFailed)
    assert [event.number for event in stubs.events] == [*range(len(stubs.events))]


def test_of_several_failures_the_job_names_the_first_of_the_plan(stubs: Stubs) -> None:
    stubs.services["fail"] = ValueError("at once")
    workflow = wire(
        late="WaitAndFail",
        early="Fail",
        a=("Show", {"value": "@late"}),
        b=("Show", {"value": "@early"}),
    )
    with pytest.raises(NodeFailed, match="node late"):
        stubs.run(workflow)
    last = stubs.events[-1]
    assert isinstance(last, JobFailed)
    assert last.node_id == "late"


def test_a_coroutine_ends_where_it_waits_when_the_job_is_cancelled(stubs: Stubs) -> None:
    cancel = CancelToken()

    def listen(event: Event) -> None:
        stubs.events.append(event)
        if isinstance(event, NodeStarted):
            threading.Timer(0.05, cancel.cancel).start()

    with pytest.raises(Cancelled):
        stubs.engine.run(
            wire(w=("Wait", {"seconds": 60.0}), show=("Show", {"value": "@w"})),
            on_event=listen,
            options=Options(cancel=cancel),
        )
    last = stubs.events[-1]
    assert isinstance(last, JobCancelled)
    assert last.node_id == "w"
    assert stubs.run(wire(n="Number"), "n").values["n"] == (1,)


def test_a_node_without_memory_is_tried_once_more_and_told_to_be_thrifty(stubs: Stubs) -> None:
    room: list[int] = []
    stubs.engine._make_room = lambda: room.append(stubs.cache.held)
    workflow = wire(heavy=("Heavy", {"name": "x"}), h="Hungry")
    stubs.run(workflow, "heavy")
    assert stubs.cache.held > 0
    assert stubs.run(workflow, "h").values["h"] == ("thrifty",)
    assert (room, stubs.ran) == ([0], ["h", "h"])
    assert any(
        "memory ran out" in event.text for event in stubs.events if isinstance(event, NodeWarning)
    )


def test_a_node_that_has_no_memory_twice_fails_and_the_next_job_runs(stubs: Stubs) -> None:
    stubs.services["fail"] = MemoryError()
    with pytest.raises(NodeFailed, match="MemoryError"):
        stubs.run(wire(bad="Fail", show=("Show", {"value": "@bad"})))
    assert stubs.ran == ["bad", "bad"]
    stubs.run(wire(show=("Show", {"value": 1})))
    assert stubs.ran == ["show"]
