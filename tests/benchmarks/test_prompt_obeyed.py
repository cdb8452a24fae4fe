from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.prompt_obeyed import BARS, main, met, table, told
from training.measure import Mark, Score, requests


def test_scores_at_the_bars_meet_them() -> None:
    assert met(BARS, BARS, BARS)


@pytest.mark.parametrize("name", ["colours", "shape", "place"])
def test_a_score_below_its_bar_misses(name: str) -> None:
    below = replace(BARS, **{name: getattr(BARS, name) - 0.01})
    assert not met(below, BARS, BARS)


@pytest.mark.parametrize("name", ["colours", "shape", "place"])
def test_a_held_out_third_more_than_ten_points_behind_misses(name: str) -> None:
    perfect = Score(1.0, 1.0, 1.0)
    assert met(perfect, perfect, Score(0.9, 0.9, 0.9))
    assert not met(perfect, perfect, replace(perfect, **{name: 0.85}))


def test_the_table_shows_per_cents_under_their_headings() -> None:
    heading, line = table({"all 60": Score(colours=1.0, shape=0.755, place=0.5)}).splitlines()
    assert heading.split() == ["colours", "place", "shape"]
    assert line.split() == ["all", "60", "100.0%", "50.0%", "75.5%"]


def test_mistakes_are_told_in_words() -> None:
    found = Mark(requests()[0], ground=True, figure=False, shape=False, place=False)
    assert told(found) == "figure, shape, place wrong"


@pytest.mark.slow
def test_the_starter_model_meets_every_bar(tmp_path: Path) -> None:
    assert main(["--pictures", str(tmp_path)]) == 0
    assert len(list(tmp_path.rglob("*.png"))) == 60
