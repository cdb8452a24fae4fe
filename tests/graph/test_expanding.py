"""Nodes that stand for others: their values, their outputs, their errors, and later runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graph.errors import NodeFailed
from graph.events import NodeCached, NodeErred, NodeFinished, NodeStarted
from graph.result import Items
from tests.graph.semantic_nodes import NODES
from tests.graph.stub_engine import Stubs, wire

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stubs(tmp_path: Path) -> Stubs:
    return Stubs(tmp_path, 1_000_000, *NODES)


def test_a_node_gives_what_the_nodes_give_that_stand_for_it(stubs: Stubs) -> None:
    workflow = wire(
        n=("Number", {"value": 4}), t=("Twice", {"number": "@n"}), show=("Show", {"value": "@t"})
    )
    assert stubs.run(workflow).outputs["show"] == {"shown": [8]}
    inner = [key for key in stubs.ran if key not in workflow.nodes]
    assert len(inner) == 1
    shown = {e.node_id: e.display_node for e in stubs.events if isinstance(e, NodeStarted)}
    assert shown[inner[0]] == "t"
    finished = [e.node_id for e in stubs.events if isinstance(e, NodeFinished)]
    assert finished == ["n", inner[0], "t", "show"]
    stubs.run(workflow)
    assert stubs.ran == []


def test_nodes_that_stand_for_others_are_found_again_by_what_they_make(stubs: Stubs) -> None:
    workflow = wire(n=("Number", {"value": 4}), t=("Countdown", {"number": "@n", "left": 3}))
    assert stubs.run(workflow, "t").values["t"] == (7,)
    assert stubs.run(workflow.with_input("t", "left", 5), "t").values["t"] == (9,)
    # Of the five additions the first three are known, and each countdown is a new one.
    assert len([key for key in stubs.ran if key != "t"]) == 2 + 5


@pytest.mark.parametrize("depth", [1, 1000])
def test_a_loop_may_be_unrolled_as_deep_as_it_likes(stubs: Stubs, depth: int) -> None:
    workflow = wire(
        n=("Number", {"value": 0}),
        t=("Countdown", {"number": "@n", "left": depth}),
        show=("Show", {"value": "@t"}),
    )
    assert stubs.run(workflow).outputs["show"] == {"shown": [depth]}
    assert all(
        event.display_node == "t"
        for event in stubs.events
        if isinstance(event, NodeStarted) and event.node_id not in workflow.nodes
    )
    stubs.run(workflow)
    assert stubs.ran == []


def test_outputs_among_them_are_done_and_told_again_when_nothing_runs(stubs: Stubs) -> None:
    workflow = wire(
        n=("Number", {"value": 4}),
        s=("ShowTwice", {"number": "@n"}),
        show=("Show", {"value": "@s"}),
    )
    first = stubs.run(workflow)
    (path,) = first.files
    assert path.read_text("utf-8") == "4"
    second = stubs.run(workflow)
    assert (stubs.ran, second.files.count(path)) == ([], 1)
    inner = next(key for key in second.outputs if key not in workflow.nodes)
    assert second.outputs[inner] == first.outputs[inner] == {"texts": [{"filename": path.name}]}
    told = [e for e in stubs.told(NodeCached) if isinstance(e, NodeCached) and e.node_id == inner]
    assert [event.display_node for event in told] == ["s"]
    path.unlink()
    stubs.run(workflow)
    assert "s" in stubs.ran
    assert path.is_file()


def test_some_items_of_a_list_may_be_stood_for_and_others_not(stubs: Stubs) -> None:
    workflow = wire(r=("Range", {"count": 4}), s=("Sometimes", {"number": "@r"}))
    assert stubs.run(workflow, "s").values["s"] == (Items((0, 101, 2, 103)),)


def test_a_link_may_be_handed_on_as_it_is(stubs: Stubs) -> None:
    workflow = wire(
        n=("Number", {"value": 4}), s=("StandFor", {"link": "@n"}), show=("Show", {"value": "@s"})
    )
    assert stubs.run(workflow).outputs["show"] == {"shown": [4]}


def test_values_that_were_let_go_come_back_for_a_node_that_joins_late(stubs: Stubs) -> None:
    workflow = wire(
        n=("Number", {"value": 4}),
        h=("Half", {"number": "@n"}),
        r=("ReachOut", {"key": "n", "after": "@h"}),
        show=("Show", {"value": "@r"}),
    )
    assert stubs.run(workflow).outputs["show"] == {"shown": [1004]}
    assert stubs.ran.count("n") == 1


def test_values_that_are_gone_altogether_are_made_again_for_a_node_that_joins_late(
    tmp_path: Path,
) -> None:
    stubs = Stubs(tmp_path, 0, *NODES)
    workflow = wire(
        w=("Heavy", {"name": "x"}),
        last=("Heavy", {"name": "y", "after": "@w"}),
        r=("Reread", {"key": "w", "after": "@last"}),
        show=("Show", {"value": "@r"}),
    )
    shown: Any = stubs.run(workflow).outputs["show"]["shown"]
    assert [block.name for block in shown] == ["x"]
    assert stubs.ran == ["w", "last", "r", "w", "r.0.1", "show"]
    stubs.run(workflow.with_input("r", "times", 2))
    assert stubs.ran == ["w", "last", "r", "w", "r.0.1"]


def test_a_node_that_nothing_needed_runs_when_an_expansion_does(stubs: Stubs) -> None:
    workflow = wire(
        n=("Number", {"value": 8}),
        idle=("Half", {"number": "@n"}),
        r=("ReachOut", {"key": "idle"}),
        show=("Show", {"value": "@r"}),
    )
    assert stubs.run(workflow).outputs["show"] == {"shown": [1004]}


def test_a_file_that_an_inner_node_read_counts(stubs: Stubs) -> None:
    path = stubs.engine.folders.input / "a.png"
    workflow = wire(r=("ReadInside", {"image": "a.png"}), show=("Show", {"value": "@r"}))
    for text, ran in (
        ("one", ["r", "r.0.1", "show"]),
        ("one", []),
        ("two", ["r", "r.0.1", "show"]),
    ):
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
        assert stubs.run(workflow).outputs["show"] == {"shown": [text]}
        assert stubs.ran == ran


def test_files_that_inner_nodes_read_tell_apart_what_has_no_content(stubs: Stubs) -> None:
    path = stubs.engine.folders.input / "a.png"
    workflow = wire(
        n="Range", r=("ReadInside", {"image": "a.png", "after": "@n"}), t=("Show", {"value": "@r"})
    )
    for text in ("one", "three"):
        path.write_text(text, "utf-8")
        assert stubs.run(workflow).outputs["t"] == {"shown": [text] * 3}


def test_a_node_that_is_reached_without_a_link_counts(stubs: Stubs) -> None:
    workflow = wire(
        n=("Number", {"value": 4}), r=("ReachOut", {"key": "n"}), show=("Show", {"value": "@r"})
    )
    for value in (4, 6, 6):
        found = stubs.run(workflow.with_input("n", "value", value))
        assert found.outputs["show"] == {"shown": [value + 1000]}
    assert stubs.ran == ["r"]


def test_a_file_that_is_reached_by_looking_around_counts(stubs: Stubs) -> None:
    path = stubs.engine.folders.input / "a.png"
    workflow = wire(
        f=("Read", {"image": "a.png"}),
        same=("Constant", {"after": "@f"}),
        r=("LookBack", {"number": "@same"}),
        show=("Show", {"value": "@r"}),
    )
    for text, ran in (("one", 4), ("one", 0), ("three", 4)):
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
        assert stubs.run(workflow).outputs["show"] == {"shown": [text]}
        assert len([key for key in stubs.ran if key in workflow.nodes]) == ran


def test_an_inner_node_that_is_never_the_same_runs_each_time(stubs: Stubs) -> None:
    stubs.services["dice"] = iter([3, 5])
    workflow = wire(d="DiceInside", show=("Show", {"value": "@d"}))
    assert [stubs.run(workflow).outputs["show"] for _ in range(2)] == [
        {"shown": [3]},
        {"shown": [5]},
    ]


def test_a_node_that_cannot_run_fails_the_one_that_it_stands_for(stubs: Stubs) -> None:
    with pytest.raises(NodeFailed, match=r"^Unknown \(node u\): the expansion's node .* 'Nowhere'"):
        stubs.run(wire(u="Unknown", show=("Show", {"value": "@u"})))


def test_an_expansion_that_waits_for_itself_is_an_error(stubs: Stubs) -> None:
    with pytest.raises(NodeFailed, match="in a circle"):
        stubs.run(wire(c="Circle", show=("Show", {"value": "@c"})))


def test_a_failure_of_a_node_that_others_reach_for_is_told_of_that_node(stubs: Stubs) -> None:
    workflow = wire(bad="Fail", r=("ReachOut", {"key": "bad"}), show=("Show", {"value": "@r"}))
    with pytest.raises(NodeFailed):
        stubs.run(workflow)
    erred = [event for event in stubs.events if isinstance(event, NodeErred)]
    assert [(event.node_id, event.display_node) for event in erred] == [("bad", "bad")]
    assert stubs.ran == ["r", "bad"]


def test_nodes_that_look_around_run_again_when_what_is_before_them_looks_different(
    stubs: Stubs,
) -> None:
    workflow = wire(
        n=("Number", {"value": 4}), h=("Half", {"number": "@n"}), look=("Look", {"number": "@h"})
    )
    assert stubs.run(workflow, "look").values["look"] == ({"number": ["n", 0]},)
    stubs.run(workflow, "look")
    assert stubs.ran == []
    stubs.run(workflow.with_input("n", "value", 5), "look")
    # The half of 5 is the half of 4, and yet the prompt is another one.
    assert stubs.ran == ["n", "h", "look"]
    assert stubs.reasons["look"] == "the graph before it changed"
