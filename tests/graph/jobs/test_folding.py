"""Folding: what history keeps of a job's events."""

from __future__ import annotations

from dataclasses import dataclass

from graph import events
from graph.jobs.folding import Folding
from graph.jobs.record import NodeRecord, Result
from tests.graph.jobs.scripted import node


@dataclass(frozen=True, slots=True, kw_only=True)
class Novelty(events.NodeEvent):
    """An event of some later version."""

    detail: str


def _fold(*heard: events.Event) -> Folding:
    folding = Folding()
    for event in heard:
        folding.hear(event)
    return folding


def test_a_cached_node_shows_what_it_showed_when_it_ran() -> None:
    folding = _fold(node("a", events.NodeCached, "1", ui={"images": []}))
    assert folding.result() == Result(
        nodes={"1": NodeRecord("Stub", True, "", 0.0, "1")}, outputs={"1": {"images": []}}
    )


def test_a_node_that_shows_nothing_has_no_output() -> None:
    folding = _fold(
        node("a", events.NodeCached, "1", ui=None),
        node("a", events.NodeFinished, "2", seconds=1.0, ui=None),
    )
    assert folding.result().outputs == {}


def test_the_seconds_of_all_runs_of_a_node_count() -> None:
    folding = _fold(
        node("a", events.NodeStarted, reason="first run"),
        node("a", events.NodeFinished, seconds=1.0, ui=None),
        node("a", events.NodeStarted, reason="asked again"),
        node("a", events.NodeFinished, seconds=2.0, ui={"text": []}),
    )
    assert folding.result().nodes["1"] == NodeRecord("Stub", False, "asked again", 3.0, "1")


def test_it_knows_which_node_runs() -> None:
    folding = _fold(
        node("a", events.NodeStarted, "1", reason=""),
        node("a", events.NodeStarted, "2", reason=""),
        node("a", events.NodeStarted, "3", reason=""),
        node("a", events.NodeFinished, "3", seconds=1.0, ui=None),
    )
    assert folding.under_way == "2"
    folding.hear(node("a", events.NodeErred, "2", sentence="no", traceback=""))
    assert folding.under_way == "1"
    assert Folding().under_way is None


def test_the_first_node_that_failed_is_to_blame() -> None:
    folding = _fold(
        node("a", events.NodeErred, "2", sentence="first", traceback="t", exception_type="E"),
        node("a", events.NodeErred, "3", sentence="second", traceback=""),
    )
    assert folding.error is not None
    assert (folding.error.sentence, folding.error.node_id) == ("first", "2")


def test_what_nodes_say_and_what_was_blocked_are_warnings() -> None:
    folding = _fold(
        node("a", events.NodeWarning, "2", text="odd"),
        node("a", events.NodeBlocked, "3", message="not today"),
    )
    assert folding.result(warnings=("old file",)).warnings == (
        "old file",
        "Stub (node 2): odd",
        "Stub (node 3): not today",
    )


def test_events_that_it_does_not_know_change_nothing() -> None:
    folding = _fold(
        node("a", Novelty, detail="new"),
        node("a", events.NodeProgress, value=1, total=2, seconds_per_step=None),
        events.JobStarted(job="a", number=0, time=0.0, nodes=("1",)),
    )
    assert folding.result() == Result()
