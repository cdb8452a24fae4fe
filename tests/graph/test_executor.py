"""Engine: what runs, what does not, and why; with nodes that do next to nothing."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest

from graph.decorator import node
from graph.events import (
    JobFinished,
    JobStarted,
    NodeFinished,
    NodeStarted,
)
from graph.problems import InvalidWorkflowError
from tests.graph.stub_engine import Block, Stubs, Words, wire

if TYPE_CHECKING:
    from pathlib import Path

    from graph.workflow import Workflow

SUM = wire(
    one=("Number", {"value": 1}),
    two=("Number", {"value": 2}),
    sum=("Add", {"a": "@one", "b": "@two"}),
    show=("Show", {"value": "@sum"}),
)


def test_values_flow_along_links_to_the_output(stubs: Stubs) -> None:
    result = stubs.run(SUM)
    assert result.outputs == {"show": {"shown": [3]}}
    assert stubs.ran == ["one", "two", "sum", "show"]
    assert result.executed == stubs.ran


def test_a_second_run_executes_nothing_and_tells_the_same(stubs: Stubs) -> None:
    first = stubs.run(SUM)
    second = stubs.run(SUM)
    assert stubs.ran == []
    assert set(stubs.cached) == set(SUM.nodes)
    assert second.outputs == first.outputs
    assert second.executed == []


def test_events_are_numbered_and_each_node_is_told_of_once(stubs: Stubs) -> None:
    stubs.run(SUM, job="42")
    assert [event.number for event in stubs.events] == list(range(10))
    assert {event.job for event in stubs.events} == {"42"}
    kinds = [JobStarted, *[NodeStarted, NodeFinished] * 4, JobFinished]
    assert [type(event) for event in stubs.events] == kinds
    assert [event.time for event in stubs.events] == sorted(event.time for event in stubs.events)


def test_only_what_the_outputs_need_runs(stubs: Stubs) -> None:
    stubs.run(wire(a="Number", idle=("Half", {"number": "@a"}), b=("Show", {"value": 1})))
    assert stubs.ran == ["b"]


def test_a_changed_constant_runs_the_node_and_its_readers(stubs: Stubs) -> None:
    stubs.run(SUM)
    result = stubs.run(SUM.with_input("two", "value", 5))
    assert stubs.ran == ["two", "sum", "show"]
    assert stubs.cached == ["one"]
    assert result.outputs == {"show": {"shown": [6]}}
    assert stubs.reasons == {
        "two": "value: 2 → 5",
        "sum": "upstream two made something new",
        "show": "upstream sum made something new",
    }


def test_a_node_that_made_the_same_thing_leaves_its_readers_cached(stubs: Stubs) -> None:
    workflow = wire(
        number=("Number", {"value": 4}),
        half=("Half", {"number": "@number"}),
        show=("Show", {"value": "@half"}),
    )
    stubs.run(workflow)
    stubs.run(workflow.with_input("number", "value", 5))
    assert stubs.ran == ["number", "half"]
    assert stubs.cached == ["show"]


def test_without_a_content_hash_readers_follow_what_made_a_value(stubs: Stubs) -> None:
    workflow = wire(words=("Words", {"text": "a"}), show=("Show", {"value": "@words"}))
    stubs.run(workflow)
    stubs.run(workflow.with_input("words", "loud", value=True))
    assert stubs.ran == ["words", "show"]


def test_equal_nodes_run_once(stubs: Stubs) -> None:
    stubs.run(
        wire(
            a=("Number", {"value": 4}),
            b=("Number", {"value": 4}),
            sum=("Add", {"a": "@a", "b": "@b"}),
            show=("Show", {"value": "@sum"}),
        )
    )
    assert stubs.ran == ["a", "sum", "show"]
    assert stubs.cached == ["b"]


def test_an_alias_is_the_same_node(stubs: Stubs) -> None:
    stubs.run(wire(a=("Number", {"value": 4}), show=("Show", {"value": "@a"})))
    stubs.run(wire(a=("OldNumber", {"value": 4}), show=("Show", {"value": "@a"})))
    assert stubs.ran == []


def test_one_output_of_several_is_read_by_its_slot(stubs: Stubs) -> None:
    result = stubs.run(
        wire(both="Both", n=("Show", {"value": "@both:0"}), w=("Show", {"value": "@both:1"}))
    )
    assert result.outputs == {"n": {"shown": [7]}, "w": {"shown": ["seven"]}}


def test_a_node_may_read_another_twice(stubs: Stubs) -> None:
    workflow = wire(
        a=("Number", {"value": 4}),
        sum=("Add", {"a": "@a", "b": "@a"}),
        show=("Show", {"value": "@sum", "after": "@a"}),
    )
    assert stubs.run(workflow).outputs["show"] == {"shown": [8]}


def test_targets_may_be_any_node_and_their_values_are_returned(stubs: Stubs) -> None:
    result = stubs.run(SUM, "sum", "one")
    assert result.values == {"one": (1,), "sum": (3,)}
    assert stubs.ran == ["one", "two", "sum"]


def test_the_values_of_cached_targets_are_returned_too(stubs: Stubs) -> None:
    stubs.run(SUM)
    assert stubs.run(SUM, "sum").values == {"sum": (3,)}
    assert stubs.ran == []


HEAVY = wire(
    a=("Heavy", {"name": "a"}),
    b=("Heavy", {"name": "b", "after": "@a"}),
    c=("Heavy", {"name": "c", "after": "@b"}),
    show=("Show", {"value": 1, "after": "@c"}),
)


def test_a_target_whose_values_are_gone_is_made_again(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 0)
    stubs.run(HEAVY)
    (value,) = stubs.run(HEAVY, "b").values["b"]
    assert isinstance(value, Block)
    assert value.name == "b"
    assert stubs.ran == ["a", "b"]
    assert stubs.reasons == dict.fromkeys("ab", "evicted from the cache")


def test_without_room_for_values_a_second_run_still_executes_nothing(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 0)
    stubs.run(HEAVY)
    stubs.run(HEAVY)
    assert stubs.ran == []
    assert sorted(stubs.cached) == ["a", "b", "c", "show"]


def test_dropped_values_are_made_again_only_for_nodes_that_read_them(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 0)
    stubs.run(HEAVY)
    stubs.run(HEAVY.with_input("c", "name", "new"))
    assert stubs.ran == ["a", "b", "c", "show"]
    assert stubs.cached == []
    assert stubs.reasons["a"] == stubs.reasons["b"] == "evicted from the cache"
    stubs.run(HEAVY.with_input("show", "value", 2))
    assert stubs.ran == ["a", "b", "c", "show"]


def test_an_output_node_does_not_run_again_only_because_its_values_are_gone(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 0)
    workflow = wire(a=("Heavy", {"name": "a"}), out=("SaveAndPass", {"value": "@a"}))
    stubs.run(workflow)
    stubs.run(workflow)
    assert stubs.ran == []


def test_values_are_let_go_when_their_last_reader_is_done(tmp_path: Path) -> None:
    made: list[weakref.ref[Block]] = []
    alive: list[int] = []

    @node("Watched", category="test")
    def watched(after: Words | None = None) -> Words:
        gc.collect()
        alive.append(sum(ref() is not None for ref in made))
        block = Block("watched")
        made.append(weakref.ref(block))
        return block  # type: ignore[return-value]

    stubs = Stubs(tmp_path, 0, watched)
    stubs.run(
        wire(
            a="Watched",
            b=("Watched", {"after": "@a"}),
            c=("Watched", {"after": "@b"}),
            d=("Watched", {"after": "@c"}),
            show=("Show", {"value": "@d"}),
        )
    )
    assert alive == [0, 1, 1, 1]
    stubs.engine.run(wire(show=("Show", {"value": 0})))
    del stubs
    gc.collect()
    assert not any(ref() for ref in made[:3])


def test_an_empty_cache_that_is_handed_in_is_used(stubs: Stubs) -> None:
    assert stubs.engine.cache is stubs.cache
    stubs.run(HEAVY)
    assert stubs.cache.held == 300


def test_an_invalid_workflow_runs_nothing_and_says_everything(stubs: Stubs) -> None:
    with pytest.raises(InvalidWorkflowError) as info:
        stubs.run(wire(n=("Number", {"value": 1000}), show=("Show", {"value": "@n"}), s="Show"))
    assert len(info.value.problems) == 2
    assert (stubs.ran, stubs.events) == ([], [])


BROKEN = wire(
    good=("Number", {"value": 1}),
    bad=("Number", {"value": 1000}),
    sound=("Show", {"value": "@good"}),
    broken=("Show", {"value": "@bad"}),
)


def test_the_sound_outputs_of_a_broken_workflow_run_where_that_is_allowed(stubs: Stubs) -> None:
    result = stubs.run(BROKEN, allow_broken=True)
    assert stubs.ran == ["good", "sound"]
    assert [problem.node_id for problem in result.problems] == ["bad"]


@pytest.mark.parametrize(("targets", "allowed"), [((), False), (("broken",), True)])
def test_a_broken_workflow_does_not_run(
    stubs: Stubs, targets: tuple[str, ...], allowed: bool
) -> None:
    with pytest.raises(InvalidWorkflowError):
        stubs.run(BROKEN, *targets, allow_broken=allowed)
    assert stubs.ran == []


def test_warnings_are_reported(stubs: Stubs) -> None:
    result = stubs.run(wire(s=("Show", {"value": 1, "colour": "red"})))
    assert result.warnings == ("Show (node s) has no input 'colour'; it is ignored",)


def _chain(length: int) -> Workflow:
    nodes = {f"n{i}": ("Add", {"a": f"@n{i - 1}", "plus": 1}) for i in range(1, length)}
    last = ("Show", {"value": f"@n{length - 1}"})
    return wire({"n0": ("Number", {"value": 0}), **nodes, "show": last})


def test_a_chain_of_ten_thousand_nodes_runs(tmp_path: Path) -> None:
    stubs, chain = Stubs(tmp_path), _chain(10_000)
    assert stubs.run(chain).outputs == {"show": {"shown": [9_999]}}
    stubs.run(chain)
    assert stubs.ran == []


def test_a_chain_of_ten_thousand_nodes_whose_values_are_gone_is_made_again(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 0)
    heavy = {f"n{i}": ("Heavy", {"name": "h", "after": f"@n{i - 1}"}) for i in range(1, 10_000)}
    last = ("Show", {"value": 1, "after": "@n9999"})
    chain = wire({"n0": ("Heavy", {"name": "h"}), **heavy, "s": last})
    stubs.run(chain)
    stubs.run(chain.with_input("s", "value", 2))
    assert len(stubs.ran) == 10_001
    stubs.run(chain)
    assert stubs.ran == []
