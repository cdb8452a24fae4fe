"""Plans: only what is needed, each node after those that feed it; circles with their paths."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.folders import Folders
from graph.plan import Plan, circles, make_plan
from graph.validate import validate
from tests.graph.stubs import chain, flow, registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graph.workflow import Workflow
    from tests.graph.stubs import Nodes

DIAMOND: Nodes = {
    "6": ("Show", {"value": "4:0"}),
    "4": ("Add", {"one": "2:0", "two": "3:0"}),
    "3": ("Add", {"one": "1:0", "two": "1:0"}),
    "2": ("Add", {"one": "1:0"}),
    "1": ("Make", {}),
    "5": ("Make", {}),
}


def _plan(workflow: Workflow, targets: Sequence[str], path: Path, *, keep: bool = False) -> Plan:
    checked = validate(workflow, registry(), Folders.under(path), targets=[*workflow.nodes])
    assert checked.problems == ()
    return make_plan(checked.nodes, targets, keep=keep)


def _comes_in_order(plan: Plan) -> bool:
    done: set[str] = set()
    for key in plan.nodes:
        if not done.issuperset(plan.sources[key]):
            return False
        done.add(key)
    return True


def test_a_plan_holds_what_the_targets_need_in_order(tmp_path: Path) -> None:
    plan = _plan(flow(DIAMOND), ["6"], tmp_path)
    assert set(plan.nodes) == {"1", "2", "3", "4", "6"}
    assert _comes_in_order(plan)
    assert [plan.nodes[key].id for key in plan.nodes] == list(plan.nodes)
    assert plan.targets == {"6"}


def test_every_link_has_its_source_and_its_reader(tmp_path: Path) -> None:
    plan = _plan(flow(DIAMOND), ["6"], tmp_path)
    sources = {key: sorted(found) for key, found in plan.sources.items()}
    readers = {key: sorted(found) for key, found in plan.readers.items()}
    assert sources == {"1": [], "2": ["1"], "3": ["1", "1"], "4": ["2", "3"], "6": ["4"]}
    assert readers == {"1": ["2", "3", "3"], "2": ["4"], "3": ["4"], "4": ["6"], "6": []}


def test_readers_that_are_not_needed_are_not_waited_for(tmp_path: Path) -> None:
    plan = _plan(flow(DIAMOND), ["2"], tmp_path)
    assert plan.readers == {"1": ["2"], "2": []}


@pytest.mark.parametrize("keep", [False, True])
def test_values_are_kept_only_where_they_are_asked_for(tmp_path: Path, keep: bool) -> None:
    plan = _plan(flow(DIAMOND), ["4", "6"], tmp_path, keep=keep)
    assert plan.kept == ({"4", "6"} if keep else set())


def test_what_one_target_needs_comes_before_what_only_the_next_one_needs(tmp_path: Path) -> None:
    nodes: Nodes = {
        "a": ("Make", {"number": 1}),
        "b": ("Make", {"number": 2}),
        "b2": ("Add", {"one": "b:0"}),
        "a2": ("Add", {"one": "a:0"}),
        "show a": ("Show", {"value": "a2:0"}),
        "show b": ("Show", {"value": "b2:0"}),
    }
    plan = _plan(flow(nodes), ["show b", "show a"], tmp_path)
    assert list(plan.nodes) == ["b", "b2", "show b", "a", "a2", "show a"]


def test_ten_thousand_nodes_in_a_chain_are_laid_out_in_no_time(tmp_path: Path) -> None:
    workflow = chain(10_000)
    checked = validate(workflow, registry(), Folders.under(tmp_path))
    started = time.perf_counter()
    plan = make_plan(checked.nodes, checked.outputs)
    assert time.perf_counter() - started < 2.0
    assert list(plan.nodes) == [str(index) for index in range(10_000)]


def test_where_nothing_goes_round_there_is_no_circle() -> None:
    assert circles({}) == []
    assert circles({"1": [], "2": ["1", "1"], "3": ["1", "2"]}) == []


@pytest.mark.parametrize(
    ("sources", "paths"),
    [
        ({"1": ["1"]}, [("1", "1")]),
        ({"1": ["2"], "2": ["1"]}, [("1", "2", "1")]),
        ({"0": ["1"], "1": ["3"], "2": ["1"], "3": ["2", "4"], "4": []}, [("1", "2", "3", "1")]),
        ({"1": ["2"], "2": ["1"], "3": ["3", "2"]}, [("1", "2", "1"), ("3", "3")]),
    ],
)
def test_a_circle_is_told_in_the_direction_in_which_it_feeds(
    sources: dict[str, list[str]], paths: list[tuple[str, ...]]
) -> None:
    assert circles(sources) == paths


def test_one_path_is_told_of_circles_that_hang_together() -> None:
    (path,) = circles({"1": ["2", "3"], "2": ["1"], "3": ["1"]})
    assert path in {("1", "2", "1"), ("1", "3", "1")}


@given(
    st.integers(1, 12).flatmap(
        lambda count: st.fixed_dictionaries(
            {str(key): st.lists(st.integers(0, count - 1).map(str)) for key in range(count)}
        )
    )
)
def test_circles_are_real_and_none_is_missed(sources: Mapping[str, Sequence[str]]) -> None:
    found = circles(sources)
    for path in found:
        assert path[0] == path[-1]
        assert len(set(path)) == len(path) - 1
        for source, reader in pairwise(path):
            assert source in sources[reader]
    inside = {key for path in found for key in path}
    left = {key: set(feeds) - inside for key, feeds in sources.items() if key not in inside}
    if not found:
        while left:
            free = {key for key, feeds in left.items() if not feeds}
            assert free, "these feed each other, and nobody said so"
            left = {key: feeds - free for key, feeds in left.items() if key not in free}


def test_a_circle_at_the_end_of_a_long_way_is_found_in_no_time() -> None:
    count = 20_000
    sources = {str(key): [str(key + 1)] for key in reversed(range(count))}
    started = time.perf_counter()
    assert circles({**sources, str(count): []}) == []
    assert circles({**sources, str(count): [str(count - 1)]}) == [
        (str(count - 1), str(count), str(count - 1))
    ]
    assert time.perf_counter() - started < 5.0
