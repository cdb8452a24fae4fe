"""Several values in one link: who runs once for each, who gets all, and what is put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.errors import NodeFailed
from graph.events import NodeBlocked
from graph.result import Blocked, Items
from tests.graph.semantic_nodes import NODES
from tests.graph.stub_engine import Stubs, wire

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stubs(tmp_path: Path) -> Stubs:
    return Stubs(tmp_path, 10_000, *NODES)


def test_a_node_runs_once_for_each_item_and_gives_as_many(stubs: Stubs) -> None:
    workflow = wire(r=("Range", {"count": 3}), more=("Add", {"a": "@r", "plus": 10}))
    assert stubs.run(workflow, "more").values["more"] == (Items((10, 11, 12)),)
    assert stubs.ran == ["r", "more", "more", "more"]
    assert len(stubs.reasons) == 2


def test_the_shorter_list_repeats_its_last_item(stubs: Stubs) -> None:
    workflow = wire(
        long=("Range", {"count": 4}),
        short=("Range", {"count": 2}),
        sum=("Add", {"a": "@long", "b": "@short"}),
    )
    assert stubs.run(workflow, "sum").values["sum"] == (Items((0, 2, 3, 4)),)


def test_a_node_that_takes_lists_gets_all_at_once_and_constants_as_lists_of_one(
    stubs: Stubs,
) -> None:
    workflow = wire(
        r=("Range", {"count": 4}),
        total=("Total", {"numbers": "@r"}),
        one="Number",
        same=("Total", {"numbers": "@one"}),
    )
    values = stubs.run(workflow, "total", "same").values
    assert (values["total"], values["same"]) == ((6,), (1,))


def test_a_list_of_lists_is_one_long_list(stubs: Stubs) -> None:
    workflow = wire(
        r=("Range", {"count": 3}),
        each=("Range", {"upto": "@r"}),
        total=("Total", {"numbers": "@each"}),
    )
    values = stubs.run(workflow, "each", "total").values
    assert values == {"each": (Items((0, 0, 1)),), "total": (1,)}


def test_an_empty_list_is_mapped_to_an_empty_list(stubs: Stubs) -> None:
    workflow = wire(r=("Range", {"count": 0}), more=("Add", {"a": "@r"}))
    assert stubs.run(workflow, "more").values["more"] == (Items(()),)
    assert stubs.ran == ["r"]


def test_what_clients_are_told_of_the_items_is_joined(stubs: Stubs) -> None:
    result = stubs.run(wire(r=("Range", {"count": 3}), show=("Show", {"value": "@r"})))
    assert result.outputs["show"] == {"shown": [0, 1, 2]}


def test_a_list_is_known_by_its_content(stubs: Stubs) -> None:
    workflow = wire(
        one=("Number", {"value": 7}),
        count=("Half", {"number": "@one"}),
        r=("Range", {"upto": "@count"}),
        more=("Add", {"a": "@r"}),
    )
    stubs.run(workflow, "more")
    stubs.run(workflow.with_input("one", "value", 6), "more")
    assert stubs.ran == ["one", "count"]


def test_a_blocked_item_blocks_only_itself_and_tells_its_message_each_time(stubs: Stubs) -> None:
    workflow = wire(
        r=("Range", {"count": 4}),
        stop=("Stop", {"number": "@r", "over": 1, "text": "too big"}),
        more=("Add", {"a": "@stop", "plus": 10}),
    )
    for _ in range(2):
        values = stubs.run(workflow, "more").values["more"]
        assert values == (Items((10, 11, Blocked(), Blocked())),)
        told = [(event.node_id, event.message) for event in stubs.told(NodeBlocked)]  # type: ignore[attr-defined]
        assert told == [("more", "too big")]


def test_what_reads_a_blocked_value_does_not_run_and_passes_it_on_in_silence(
    stubs: Stubs,
) -> None:
    workflow = wire(
        n=("Number", {"value": 5}),
        stop=("Stop", {"number": "@n"}),
        half=("Half", {"number": "@stop"}),
        show=("Show", {"value": "@half"}),
        sound=("Show", {"value": "@n"}),
    )
    result = stubs.run(workflow)
    assert sorted(stubs.ran) == ["n", "sound", "stop"]
    assert (result.outputs, stubs.told(NodeBlocked)) == ({"sound": {"shown": [5]}}, [])
    stubs.run(workflow)
    assert stubs.ran == []


def test_a_blocked_item_blocks_a_node_that_takes_lists(stubs: Stubs) -> None:
    workflow = wire(
        r="Range", stop=("Stop", {"number": "@r"}), total=("Total", {"numbers": "@stop"})
    )
    assert stubs.run(workflow, "total").values["total"] == (Blocked(),)


def test_an_item_that_fails_fails_the_node(stubs: Stubs) -> None:
    stubs.services["fail"] = ValueError("no")
    workflow = wire(r="Range", bad=("Fail", {"after": "@r"}), show=("Show", {"value": "@bad"}))
    with pytest.raises(NodeFailed, match=r"^Fail \(node bad\): ValueError: no"):
        stubs.run(workflow)
