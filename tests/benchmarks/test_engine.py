"""The graphs that the engine is measured with are what they claim, and nothing runs twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.engine import NODES, chain, fan, measure
from benchmarks.house import house, prompt_of
from graph.events import NodeCached, NodeStarted

if TYPE_CHECKING:
    from benchmarks.engine import Shape


@pytest.mark.parametrize(
    ("shape", "outputs"), [(chain, 1), (fan, 10)], ids=lambda value: getattr(value, "__name__", "")
)
def test_every_node_runs_once_and_then_none(shape: Shape, outputs: int) -> None:
    workflow = shape(21)
    assert len(workflow.nodes) == 21
    with house(NODES) as fresh:
        fresh.run(prompt_of(workflow))
        ran = [event.node_id for event in fresh.heard if isinstance(event, NodeStarted)]
        assert sorted(ran) == sorted(workflow.nodes)
        fresh.run(prompt_of(workflow))
        kinds = [type(event) for event in fresh.heard]
        assert (kinds.count(NodeStarted), kinds.count(NodeCached)) == (0, 21)
        assert len(fresh.engine.check(workflow).outputs) == outputs


def test_both_runs_take_their_time() -> None:
    first, unchanged = measure(chain(50))
    assert 0 < unchanged < first
