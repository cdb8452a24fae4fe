"""RunResult: what is asked of a run afterwards."""

from __future__ import annotations

from pathlib import Path

from graph.report import NodeReport, RunResult

RESULT = RunResult(
    nodes={
        "3": NodeReport("3", "Load", "", cached=True),
        "1": NodeReport("1", "Save", "", cached=True, ui={"images": []}, files=(Path("a.png"),)),
        "2": NodeReport("2", "Save", "", cached=False, ui={}, files=(Path("c.png"), Path("b.png"))),
    }
)


def test_nodes_that_ran_are_told_from_those_that_did_not() -> None:
    assert RESULT.executed == ["2"]


def test_what_clients_are_told_is_listed_by_node_cached_or_not() -> None:
    assert RESULT.outputs == {"1": {"images": []}, "2": {}}


def test_files_are_listed_in_the_order_in_which_they_came() -> None:
    assert RESULT.files == [Path("a.png"), Path("c.png"), Path("b.png")]
