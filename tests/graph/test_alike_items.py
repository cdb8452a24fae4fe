"""Lists, blockers and coroutines, through functions and through ComfyUI's classes alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.errors import NodeFailed
from graph.events import NodeBlocked, NodeErred, NodeProgress
from graph.result import Blocked, Items
from tests.graph.alike.notes import ASKED
from tests.graph.stub_engine import wire

if TYPE_CHECKING:
    from tests.graph.stub_engine import Stubs


def _ran(stubs: Stubs) -> list[str]:
    """The ids of the nodes that ran, sorted."""
    return sorted(stubs.reasons)


# Lists


def test_the_shorter_list_repeats_its_last_item(alike: Stubs) -> None:
    workflow = wire(
        long=("Many", {"count": 4}),
        short=("Many", {"count": 2}),
        p=("Plus", {"a": "@long", "b": "@short", "more": 10}),
        s=("Sum", {"numbers": "@p"}),
        t=("Tell", {"value": "@p"}),
    )
    found = alike.run(workflow, "p", "s", "t")
    assert found.values["p"] == (Items((10, 12, 13, 14)),)
    assert found.values["s"] == (49,)
    assert found.outputs["t"] == {"told": [10, 12, 13, 14]}


def test_a_list_of_lists_is_one_long_list_and_an_empty_one_stays_empty(alike: Stubs) -> None:
    workflow = wire(
        starts=("Many", {"count": 2}),
        each=("Many", {"count": 2, "first": "@starts"}),
        none=("Many", {"count": 0}),
        p=("Plus", {"a": "@none"}),
        s=("Sum", {"numbers": "@none"}),
    )
    found = alike.run(workflow, "each", "p", "s").values
    assert found == {"each": (Items((0, 1, 1, 2)),), "p": (Items(()),), "s": (0,)}


# Blockers


@pytest.mark.parametrize("message", ["", "it is odd"])
def test_what_is_blocked_does_not_run_and_the_rest_does(alike: Stubs, message: str) -> None:
    workflow = wire(
        n=("Give", {"value": 1}),
        g=("Guard", {"number": "@n", "message": message}),
        p=("Plus", {"a": "@g"}),
        blocked=("Tell", {"value": "@p"}),
        sound=("Tell", {"value": "@n"}),
    )
    found = alike.run(workflow)
    assert found.outputs == {"sound": {"told": [1]}}
    told = [(e.node_id, e.message) for e in alike.events if isinstance(e, NodeBlocked)]
    assert told == ([("p", message)] if message else [])


def test_a_blocked_item_blocks_itself_only_except_where_all_are_taken_at_once(alike: Stubs) -> None:
    workflow = wire(
        n=("Many", {"count": 4}),
        g=("Guard", {"number": "@n"}),
        p=("Plus", {"a": "@g", "more": 10}),
        t=("Tell", {"value": "@p"}),
        s=("Sum", {"numbers": "@g"}),
    )
    found = alike.run(workflow, "p", "t", "s")
    assert found.values["p"] == (Items((10, Blocked(), 12, Blocked())),)
    assert found.values["s"] == (Blocked(),)
    assert found.outputs["t"] == {"told": [10, 12]}


# Coroutines


def test_coroutines_of_nodes_and_of_items_run_at_the_same_time(alike: Stubs) -> None:
    workflow = wire(
        n=("Many", {"count": 20}),
        a=("Together", {"number": "@n", "place": "a", "count": 40}),
        b=("Together", {"number": "@n", "place": "b", "count": 40}),
    )
    found = alike.run(workflow, "a", "b").values
    assert found["a"] == found["b"] == (Items(range(20)),)


def test_an_error_of_a_coroutine_stops_what_depends_on_it_and_nothing_else(alike: Stubs) -> None:
    workflow = wire(
        n=("Give", {"value": 1}),
        bad=("BreakLater", {"number": "@n"}),
        after=("Plus", {"a": "@bad"}),
        lost=("Tell", {"value": "@after"}),
        slow=("Later", {"number": "@n", "seconds": 0.05}),
        sound=("Tell", {"value": "@slow"}),
    )
    with pytest.raises(NodeFailed, match=r"^BreakLater \(node bad\): ValueError: the moon is full"):
        alike.run(workflow)
    assert _ran(alike) == ["bad", "n", "slow", "sound"]
    assert [event.node_id for event in alike.events if isinstance(event, NodeErred)] == ["bad"]


def test_an_error_of_one_item_cancels_the_coroutines_of_the_others(alike: Stubs) -> None:
    workflow = wire(n=("Many", {"count": 3}), x=("BreakOrWait", {"number": "@n"}))
    with pytest.raises(NodeFailed, match="the moon is full"):
        alike.run(workflow, "x")
    assert ASKED == ["cancelled", "cancelled"]


def test_a_node_that_has_no_memory_is_tried_once_more(alike: Stubs) -> None:
    workflow = wire(n=("Give", {"value": 1}), x=("Hungry", {"number": "@n"}))
    assert alike.run(workflow, "x").values["x"] == (1,)
    assert ASKED == ["tried", "tried"]


@pytest.mark.parametrize("name", ["Steps", "StepsLater"])
def test_nodes_and_coroutines_tell_how_far_they_are(alike: Stubs, name: str) -> None:
    workflow = wire(
        n=("Give", {"value": 1}),
        m=("Give", {"value": 2}),
        x=(name, {"number": "@n"}),
        y=(name, {"number": "@m"}),
    )
    alike.run(workflow, "x", "y")
    told = [(e.node_id, e.value, e.total) for e in alike.events if isinstance(e, NodeProgress)]
    assert sorted(told) == [(key, value, 2) for key in "xy" for value in (1, 2)]
