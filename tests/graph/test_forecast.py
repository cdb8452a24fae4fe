"""What a run would do, compared with what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.forecast import Prospect, forecast
from tests.graph.semantic_nodes import NODES
from tests.graph.stub_engine import Stubs, wire

if TYPE_CHECKING:
    from pathlib import Path

    from graph.workflow import Workflow

SUM = wire(
    one=("Number", {"value": 1}),
    two=("Number", {"value": 4}),
    half=("Half", {"number": "@two"}),
    sum=("Add", {"a": "@one", "b": "@half"}),
    show=("Show", {"value": "@sum"}),
)
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


def prospects(stubs: Stubs, workflow: Workflow) -> dict[str, str]:
    _, found = forecast(stubs.engine, workflow)
    return {key: one.prospect.value for key, one in found.items()}


def reasons(stubs: Stubs, workflow: Workflow) -> dict[str, str]:
    _, found = forecast(stubs.engine, workflow)
    return {key: one.reason for key, one in found.items() if one.reason}


def test_before_the_first_run_all_runs_and_nothing_has_run_after_asking(stubs: Stubs) -> None:
    found = prospects(stubs, SUM)
    assert found["one"] == found["two"] == "runs"
    assert found["half"] == found["sum"] == found["show"] == "depends"
    assert stubs.ran == []
    stubs.run(SUM)
    assert set(stubs.ran) == set(found)


def test_after_a_run_all_is_cached(stubs: Stubs) -> None:
    stubs.run(SUM)
    assert set(prospects(stubs, SUM).values()) == {"cached"}
    assert reasons(stubs, SUM) == {}


def test_a_change_is_named_and_what_is_behind_it_may_stay_cached(stubs: Stubs) -> None:
    stubs.run(SUM)
    changed = SUM.with_input("two", "value", 5)
    assert prospects(stubs, changed) == {
        "one": "cached",
        "two": "runs",
        "half": "depends",
        "sum": "depends",
        "show": "depends",
    }
    assert reasons(stubs, changed)["two"] == "value: 4 → 5"
    assert reasons(stubs, changed)["half"] == "Number (node two) runs before it"
    assert reasons(stubs, changed)["sum"] == "Half (node half) may run before it"
    stubs.run(changed)  # half of 5 is half of 4 here, so it ends there
    assert stubs.ran == ["two", "half"]


def test_asking_changes_nothing_of_what_the_run_does(stubs: Stubs) -> None:
    stubs.run(SUM)
    changed = SUM.with_input("one", "value", 2)
    for _ in range(3):
        before = reasons(stubs, changed)
    stubs.run(changed)
    assert stubs.reasons["one"] == before["one"]
    assert set(stubs.ran) == {"one", "sum", "show"}


def test_what_only_a_lazy_input_needs_is_left_to_the_node_that_asks(stubs: Stubs) -> None:
    found = prospects(stubs, CHOICE)
    assert found["a"] == found["far"] == found["b"] == "depends"
    assert reasons(stubs, CHOICE)["far"] == "runs only if a node asks for it"
    stubs.run(CHOICE)
    found = prospects(stubs, CHOICE)
    assert found == {
        "a": "cached",
        "choose": "cached",
        "show": "cached",
        "far": "depends",
        "b": "depends",
    }
    assert "far" not in stubs.ran


def test_a_node_whose_values_are_gone_runs_for_a_reader_that_runs(tmp_path: Path) -> None:
    stubs = Stubs(tmp_path, 150)
    workflow = wire(
        a=("Heavy", {"name": "a"}),
        b=("Heavy", {"name": "b", "after": "@a"}),
        show=("Show", {"value": 1, "after": "@b"}),
    )
    stubs.run(workflow)  # there is room for one of the two
    changed = workflow.with_input("b", "name", "c")
    assert prospects(stubs, changed) == {"a": "runs", "b": "runs", "show": "depends"}
    assert "values are gone" in reasons(stubs, changed)["a"]
    stubs.run(changed)
    assert stubs.ran == ["a", "b", "show"]


def test_each_node_says_how_long_it_took(stubs: Stubs) -> None:
    _, found = forecast(stubs.engine, SUM)
    assert found["one"].seconds is None
    stubs.run(SUM)
    _, found = forecast(stubs.engine, SUM)
    assert found["one"].seconds is not None
    assert found["one"].prospect is Prospect.CACHED
    assert found["one"].key is not None
