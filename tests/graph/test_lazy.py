"""Lazy inputs: what nobody asks for does not run, and does not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.errors import NodeFailed
from tests.graph.semantic_nodes import NODES
from tests.graph.stub_engine import Stubs, wire

if TYPE_CHECKING:
    from pathlib import Path

CHOICE = wire(
    a=("Number", {"value": 1}),
    far=("Number", {"value": 20}),
    b=("Half", {"number": "@far"}),
    choose=("Choose", {"on": True, "a": "@a", "b": "@b"}),
    show=("Show", {"value": "@choose"}),
)


@pytest.fixture
def stubs(tmp_path: Path) -> Stubs:
    return Stubs(tmp_path, 10_000, *NODES)


def test_only_the_input_that_is_asked_for_is_evaluated(stubs: Stubs) -> None:
    assert stubs.run(CHOICE).outputs["show"] == {"shown": [1]}
    assert stubs.ran == ["a", "choose", "show"]
    other = CHOICE.with_input("choose", "on", False)
    assert stubs.run(other).outputs["show"] == {"shown": [10]}
    assert stubs.ran == ["far", "b", "choose", "show"]


def test_a_second_run_asks_nothing_and_runs_nothing(stubs: Stubs) -> None:
    questions: list[str] = []
    stubs.services["questions"] = questions
    stubs.run(CHOICE)
    assert questions == ["choose", "choose"]
    stubs.run(CHOICE)
    assert (stubs.ran, len(questions)) == ([], 2)
    assert stubs.cached == ["a", "choose", "show"]


def test_what_was_not_asked_for_may_change_without_a_rerun(stubs: Stubs) -> None:
    stubs.run(CHOICE)
    stubs.run(CHOICE.with_input("far", "value", 2))
    assert stubs.ran == []
    stubs.run(CHOICE.with_input("a", "value", 2))
    assert stubs.ran == ["a", "choose", "show"]


def test_a_node_may_ask_again_when_it_has_seen_more(stubs: Stubs) -> None:
    workflow = wire(
        a=("Number", {"value": 1}),
        b=("Number", {"value": 5}),
        c=("Cascade", {"a": "@a", "b": "@b"}),
        show=("Show", {"value": "@c"}),
    )
    assert stubs.run(workflow).outputs["show"] == {"shown": [1]}
    assert stubs.ran == ["a", "c", "show"]
    more = workflow.with_input("a", "value", 2)
    assert stubs.run(more).outputs["show"] == {"shown": [7]}
    assert stubs.ran == ["a", "b", "c", "show"]
    stubs.run(more)
    assert stubs.ran == []


def test_what_is_lazy_for_one_and_needed_by_another_runs_once(stubs: Stubs) -> None:
    workflow = wire({**_as_given(), "also": ("Show", {"value": "@b"})})
    stubs.run(workflow)
    assert sorted(stubs.ran) == ["a", "also", "b", "choose", "far", "show"]


def test_a_lazy_input_that_fails_matters_only_if_it_is_asked_for(stubs: Stubs) -> None:
    workflow = wire({**_as_given(), "b": "Fail"})
    assert stubs.run(workflow).outputs["show"] == {"shown": [1]}
    with pytest.raises(NodeFailed, match=r"\(node b\)"):
        stubs.run(workflow.with_input("choose", "on", False))


def test_questions_are_asked_for_each_item_of_a_list(stubs: Stubs) -> None:
    workflow = wire(
        r=("Range", {"count": 3}),
        b=("Number", {"value": 5}),
        c=("Cascade", {"a": "@r", "b": "@b"}),
    )
    assert stubs.run(workflow, "c").values["c"] == ((0 + 5, 1 + 5, 2 + 5),)


def test_lazy_inputs_of_lazy_inputs(stubs: Stubs) -> None:
    workflow = wire(
        {
            **_as_given(),
            "outer": ("Choose", {"on": False, "a": "@choose", "b": "@second"}),
            "second": ("Choose", {"on": True, "a": "@x", "b": "@choose"}),
            "x": ("Number", {"value": 9}),
            "show": ("Show", {"value": "@outer"}),
        }
    )
    assert stubs.run(workflow).outputs["show"] == {"shown": [9]}
    assert stubs.ran == ["x", "second", "outer", "show"]


def _as_given() -> dict[str, tuple[str, dict[str, object]] | str]:
    return {
        "a": ("Number", {"value": 1}),
        "far": ("Number", {"value": 20}),
        "b": ("Half", {"number": "@far"}),
        "choose": ("Choose", {"on": True, "a": "@a", "b": "@b"}),
        "show": ("Show", {"value": "@choose"}),
    }
