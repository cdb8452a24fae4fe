"""Nodes that stand for another node: little is checked, and what cannot work is one sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from graph.decorator import definition_of
from graph.definition import InputSpec
from graph.errors import ExpansionError
from graph.expanded import check_expansion
from graph.folders import Folders
from graph.sockets import Foreign, Socket
from graph.workflow import Link
from tests.graph.stubs import load, make, registry, show

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graph.checked import CheckedNode
    from graph.definition import NodeDefinition


def _check(
    tmp_path: Path,
    nodes: Mapping[str, Mapping[str, object]],
    *more: NodeDefinition,
) -> dict[str, CheckedNode]:
    """Check nodes where a node `there` of class Make is in the workflow already."""
    nodes_there = registry()
    for definition in more:
        nodes_there.add(definition)
    there = {"there": definition_of(make)}
    return check_expansion(nodes, nodes_there, Folders.under(tmp_path), there.get)


def test_constants_become_what_their_field_holds(tmp_path: Path) -> None:
    checked = _check(tmp_path, {"a": {"class_type": "Make", "inputs": {"number": "7"}}})
    assert checked["a"].constants == {"number": 7}
    assert not checked["a"].given


def test_constants_that_do_not_fit_are_left_to_the_node(tmp_path: Path) -> None:
    checked = _check(tmp_path, {"a": {"class_type": "Make", "inputs": {"number": 1000}}})
    assert checked["a"].constants == {"number": 1000}


def test_only_plain_scalars_become_something_else(tmp_path: Path) -> None:
    text = replace(
        definition_of(make), name="Text", aliases=(), inputs=(InputSpec("x", Foreign("STRING")),)
    )
    live = object()
    for value in (None, [1], {"a": 1}, live):
        checked = _check(tmp_path, {"a": {"class_type": "Text", "inputs": {"x": value}}}, text)
        assert {**checked["a"].constants, **checked["a"].given} == {"x": value}
    checked = _check(tmp_path, {"a": {"class_type": "Text", "inputs": {"x": 5}}}, text)
    assert checked["a"].constants == {"x": "5"}


def test_live_values_are_kept_apart_from_those_that_keys_are_made_of(tmp_path: Path) -> None:
    live = object()
    round_: list[object] = []
    round_.append(round_)
    nodes = {
        "a": {"class_type": "Show", "inputs": {"value": live}},
        "b": {"class_type": "Show", "inputs": {"value": [[1.5, "x"], {"y": None}, True]}},
        "c": {"class_type": "Show", "inputs": {"value": [live]}},
        "d": {"class_type": "Show", "inputs": {"value": round_}},
    }
    checked = _check(tmp_path, nodes)
    assert checked["a"].given == {"value": live}
    assert checked["b"].constants == {"value": [[1.5, "x"], {"y": None}, True]}
    assert checked["c"].given == {"value": [live]}
    assert checked["d"].given == {"value": round_}


def test_links_may_lead_to_the_expansion_and_to_the_workflow(tmp_path: Path) -> None:
    nodes = {
        "a": {"class_type": "Add", "inputs": {"one": ["b", 0], "two": ["there", 0], "more": 1}},
        "b": {"class_type": "Make", "inputs": {"number": 1}},
    }
    checked = _check(tmp_path, nodes)
    assert checked["a"].links == {"one": Link("b", 0), "two": Link("there", 0)}


def test_a_literal_that_looks_like_a_link_is_wrapped(tmp_path: Path) -> None:
    nodes = {"a": {"class_type": "Show", "inputs": {"value": {"__value__": ["there", 0]}}}}
    assert _check(tmp_path, nodes)["a"].constants == {"value": ["there", 0]}


def test_a_raw_link_is_no_value(tmp_path: Path) -> None:
    raw = replace(
        definition_of(show), name="Raw", inputs=(InputSpec("value", Socket("*"), raw_link=True),)
    )
    nodes = {"a": {"class_type": "Raw", "inputs": {"value": ["there", 0]}}}
    checked = _check(tmp_path, nodes, raw)
    assert checked["a"].raw == {"value": Link("there", 0)}
    assert not checked["a"].links


def test_undeclared_inputs_bring_links_and_no_literals(tmp_path: Path) -> None:
    open_ = replace(
        definition_of(make),
        name="Open",
        aliases=(),
        undeclared=lambda name: InputSpec(name, Socket("*"), required=False, link_only=True),
    )
    nodes = {"a": {"class_type": "Open", "inputs": {"x": ["there", 0], "y": 3, "number": 1}}}
    checked = _check(tmp_path, nodes, open_)
    assert checked["a"].links == {"x": Link("there", 0)}
    assert checked["a"].constants == {"number": 1}


def test_files_count_where_they_are_and_are_the_nodes_problem_where_not(tmp_path: Path) -> None:
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "a.png").touch()
    nodes = {"a": {"class_type": "Load", "inputs": {"model": "gone.pt", "image": "a.png"}}}
    checked = _check(tmp_path, nodes, replace(definition_of(load), name="Load2"))
    assert checked["a"].paths == {"image": tmp_path / "input" / "a.png"}
    assert checked["a"].constants == {"model": "gone.pt", "image": "a.png"}


def test_absent_inputs_take_their_default_where_they_have_one(tmp_path: Path) -> None:
    assert _check(tmp_path, {"a": {"class_type": "Make"}})["a"].constants == {"number": 0}


def test_a_node_may_say_whom_it_is_shown_as(tmp_path: Path) -> None:
    nodes = {"a": {"class_type": "Make", "inputs": {}, "override_display_id": "there"}}
    assert _check(tmp_path, nodes)["a"].display == "there"


@pytest.mark.parametrize(
    ("nodes", "sentence"),
    [
        (
            {"a": {"class_type": "Mak"}},
            "the expansion's node a is of class 'Mak', which is not installed;"
            " did you mean 'Make'?",
        ),
        (
            {"a": {"class_type": "Add", "inputs": {"won": 3}}},
            "the expansion's node a (Add) lacks the input 'one'; is 'won' a misspelling of it?",
        ),
        (
            {"a": {"class_type": "Add", "inputs": {"one": ["gone", 0]}}},
            "the input 'one' of the expansion's node a is linked to node gone, which is neither in"
            " the expansion nor in the workflow",
        ),
        (
            {"a": {"class_type": "Add", "inputs": {"one": ["there", 1]}}},
            "the input 'one' of the expansion's node a is linked to output 1 of Make (node there),"
            " which has 1 outputs",
        ),
        (
            {"there": {"class_type": "Make"}},
            "the expansion adds a node 'there', which is there already; GraphBuilder makes ids that"
            " do not clash",
        ),
        (
            {"a": {"class_type": "Make", "inputs": [1]}},
            "the inputs of the expansion's node a are no dictionary",
        ),
    ],
)
def test_what_cannot_work_is_said_in_a_sentence(
    tmp_path: Path, nodes: Mapping[str, Mapping[str, object]], sentence: str
) -> None:
    with pytest.raises(ExpansionError) as caught:
        _check(tmp_path, nodes)
    assert str(caught.value) == sentence
