"""The graphs that the engine is measured with are what they claim, and nothing runs twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.engine import chain, engine, fan, measure

if TYPE_CHECKING:
    from benchmarks.engine import Shape


@pytest.mark.parametrize(
    ("shape", "outputs"), [(chain, 1), (fan, 10)], ids=lambda value: getattr(value, "__name__", "")
)
def test_every_node_runs_once_and_then_none(shape: Shape, outputs: int) -> None:
    workflow, fresh = shape(21), engine()
    assert len(workflow.nodes) == 21
    assert sorted(fresh.run(workflow).executed) == sorted(workflow.nodes)
    again = fresh.run(workflow)
    assert (again.executed, len(again.nodes)) == ([], 21)
    assert len(fresh.check(workflow).outputs) == outputs


def test_both_runs_take_their_time() -> None:
    first, unchanged = measure(chain(50))
    assert 0 < unchanged < first
