"""Workflow: small immutable records with copies that differ in one thing."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError

import pytest

from graph.workflow import Link, Workflow, WorkflowNode

MAKE = WorkflowNode("1", "Make", {"seed": 3})
TAKE = WorkflowNode("2", "Take", {"what": Link("1", 0), "sizes": [1, 2]}, title="Taker")
WORKFLOW = Workflow({"1": MAKE, "2": TAKE})


def test_links_are_told_from_literals() -> None:
    assert list(TAKE.links()) == [("what", Link("1", 0))]


def test_a_changed_input_leaves_the_original_alone() -> None:
    changed = WORKFLOW.with_input("1", "seed", 4)
    assert changed.nodes["1"].inputs == {"seed": 4}
    assert WORKFLOW.nodes["1"].inputs == {"seed": 3}
    assert changed.nodes["2"] is TAKE


def test_an_input_of_a_node_that_does_not_exist_cannot_be_changed() -> None:
    with pytest.raises(KeyError):
        WORKFLOW.with_input("3", "seed", 4)


def test_a_node_cannot_be_listed_under_another_id() -> None:
    with pytest.raises(ValueError, match="'1' is listed under '9'"):
        Workflow({"9": MAKE})


def test_nothing_can_be_assigned_to() -> None:
    with pytest.raises(FrozenInstanceError):
        MAKE.title = "other"  # type: ignore[misc]


def test_a_workflow_can_travel_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(WORKFLOW)) == WORKFLOW
