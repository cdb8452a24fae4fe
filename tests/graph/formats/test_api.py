"""API format: links told from lists, every problem named at once."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from graph.errors import FormatError
from graph.formats.api import parse_api, to_api
from graph.workflow import Json, Link, Value, Workflow, WorkflowNode

if TYPE_CHECKING:
    from tests.graph.formats.drafts import Untyped


def _with_value(value: Untyped) -> dict[str, Any]:
    return {
        "1": {"class_type": "Make", "inputs": {}},
        "2": {"class_type": "Take", "inputs": {"what": value}},
    }


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["1", 0], Link("1", 0)),
        ([1, 0], Link("1", 0)),
        (["1", 2.0], Link("1", 2)),
        (["absent", 3], Link("absent", 3)),
        ([512, 512], [512, 512]),
        (["1", True], ["1", True]),
        ([True, 0], [True, 0]),
        (["1", "0"], ["1", "0"]),
        (["1", 0, 0], ["1", 0, 0]),
        (["1"], ["1"]),
        ([], []),
        ({"__value__": ["1", 0]}, ["1", 0]),
        ({"__value__": {"__value__": 1}}, {"__value__": 1}),
        ({"a": ["1", 0]}, {"a": ["1", 0]}),
        (None, None),
        (10**30, 10**30),
        ("text", "text"),
    ],
)
def test_a_link_is_exactly_a_node_and_the_number_of_an_output(written: Json, read: Value) -> None:
    assert parse_api(_with_value(written)).nodes["2"].inputs == {"what": read}


@pytest.mark.parametrize(
    "value",
    [["1", 0], [1, 0], [], {"__value__": 3}, {"a": [1]}, Link("1", 4), "x", None, 0.25],
)
def test_any_value_survives_writing_and_reading(value: Value) -> None:
    nodes = {"1": WorkflowNode("1", "Make"), "2": WorkflowNode("2", "Take", {"what": value})}
    assert parse_api(to_api(Workflow(nodes))) == Workflow(nodes)


def test_titles_are_kept_and_anything_else_beside_inputs_is_not() -> None:
    node = {"class_type": "Make", "inputs": {}, "_meta": {"title": "My"}, "is_changed": [1]}
    workflow = parse_api({"1": node, "2": {"class_type": "Make", "_meta": None}})
    assert workflow.nodes["1"].title == "My"
    assert workflow.nodes["2"] == WorkflowNode("2", "Make")
    assert to_api(workflow)["1"] == {"class_type": "Make", "inputs": {}, "_meta": {"title": "My"}}


def test_reading_neither_changes_nor_keeps_the_data() -> None:
    data = _with_value({"deep": [1]})
    before = copy.deepcopy(data)
    workflow = parse_api(data)
    assert data == before
    data["2"]["inputs"]["what"]["deep"].append(2)
    assert workflow.nodes["2"].inputs == {"what": {"deep": [1]}}
    written = to_api(workflow)
    written["2"]["inputs"]["what"]["deep"].append(3)  # type: ignore[index, call-overload, union-attr]
    assert workflow.nodes["2"].inputs == {"what": {"deep": [1]}}


def test_every_problem_is_named_at_once() -> None:
    data = {
        "1": [],
        "2": {"inputs": {}},
        "3": {"class_type": 5, "inputs": []},
        "4": {"class_type": "Take", "inputs": {"a": ["1", -1], "b": ["1", 0.5], "c": 1}},
    }
    with pytest.raises(FormatError) as caught:
        parse_api(data)
    assert caught.value.problems == (
        "node 1 must be an object with a class_type, not a list",
        "node 2 must name its class in 'class_type', but has nothing there",
        "node 3 must name its class in 'class_type', but has a number (5) there",
        "the inputs of node 3 must be an object, not a list",
        "input 'a' of node 4 links to output -1 of node 1, "
        "but outputs are numbered with whole numbers from 0",
        "input 'b' of node 4 links to output 0.5 of node 1, "
        "but outputs are numbered with whole numbers from 0",
    )


@pytest.mark.parametrize("slot", [float("nan"), float("inf")])
def test_an_output_number_must_be_finite(slot: float) -> None:
    with pytest.raises(FormatError, match="numbered with whole numbers"):
        parse_api(_with_value(["1", slot]))


@pytest.mark.parametrize("data", [[], "x", None, 3])
def test_a_workflow_is_an_object(data: object) -> None:
    with pytest.raises(FormatError, match="is an object of nodes by id, not"):
        parse_api(data)


def test_an_empty_workflow_is_refused() -> None:
    with pytest.raises(FormatError, match="has no node at all"):
        parse_api({})
