"""WritePace: an estimate that follows the disk."""

from __future__ import annotations

import pytest

from graph.write_pace import WritePace

MEGABYTE = 10**6


def test_even_nothing_takes_its_time() -> None:
    assert 0 < WritePace().of(0) < 0.01


def test_more_bytes_take_longer() -> None:
    assert WritePace().of(100 * MEGABYTE) > 10 * WritePace().of(MEGABYTE)


@pytest.mark.parametrize("seconds", [0.01, 10.0])
def test_the_estimate_comes_close_to_what_is_seen(seconds: float) -> None:
    pace = WritePace()
    for _ in range(30):
        pace.learn(10 * MEGABYTE, seconds)
    assert pace.of(10 * MEGABYTE) == pytest.approx(seconds, rel=0.05)


def test_one_slow_write_does_not_settle_it() -> None:
    pace = WritePace()
    pace.learn(10 * MEGABYTE, 10.0)
    assert pace.of(10 * MEGABYTE) < 5


def test_small_files_teach_nothing_about_bytes() -> None:
    pace = WritePace()
    before = pace.of(MEGABYTE)
    pace.learn(100, 1.0)
    assert pace.of(MEGABYTE) == before
