"""The engines that the restart is measured with find what the one before them left."""

from __future__ import annotations

from benchmarks import engine
from benchmarks.restart import measure_engine


def test_a_restart_costs_less_than_a_first_run_and_more_than_nothing() -> None:
    first, unchanged, restarted = measure_engine(engine.chain(200))
    assert 0 < unchanged < first
    assert unchanged < restarted
