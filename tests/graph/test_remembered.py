"""What nodes made their results of, from one process to the next."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from graph.keys import Recipe
from graph.remembered import Remembered

if TYPE_CHECKING:
    from pathlib import Path

RECIPE = Recipe(
    "KSampler",
    "1",
    {"seed": 1, "cfg": 7.5, "text": "猫\n", "more": [1, {"a": None}]},
    {"model": b"\x00m"},
    {"file": b"f\xff"},
    ("5", "/output"),
    "as it was",
)


def test_a_recipe_comes_back_in_another_process(tmp_path: Path) -> None:
    path = tmp_path / "not there yet" / "recipes.json"
    Remembered(path).save({"1": RECIPE, "1.0.a": Recipe("Make", "1", {}, {}, {})})
    found = Remembered(path)
    assert found.get("1") == RECIPE
    assert found.get("1.0.a") == Recipe("Make", "1", {}, {}, {})
    assert found.get("2") is None
    assert [one.name for one in path.parent.iterdir()] == ["recipes.json"]


def test_what_is_not_said_anew_stays(tmp_path: Path) -> None:
    path = tmp_path / "recipes.json"
    Remembered(path).save({"1": RECIPE})
    Remembered(path).save({"2": Recipe("Make", "1", {}, {}, {})})
    Remembered(path).save({"2": Recipe("Make", "2", {}, {}, {})})
    found = Remembered(path)
    assert (found.get("1"), found.get("2")) == (RECIPE, Recipe("Make", "2", {}, {}, {}))


@pytest.mark.parametrize(
    "constants",
    [
        {"a": object()},
        {"a": (1, 2)},
        {"a": {1: 2}},
        {"a": math.nan},
        {"a": b"x"},
        {"a": "x" * 100_000},
    ],
)
def test_what_would_come_back_as_something_else_is_forgotten(
    tmp_path: Path, constants: dict[str, object]
) -> None:
    path = tmp_path / "recipes.json"
    Remembered(path).save({"1": Recipe("Make", "1", constants, {}, {}), "2": RECIPE})
    assert (Remembered(path).get("1"), Remembered(path).get("2")) == (None, RECIPE)


def test_of_many_nodes_the_last_ones_are_remembered(tmp_path: Path) -> None:
    path = tmp_path / "recipes.json"
    Remembered(path).save({"old": RECIPE, "used": RECIPE})
    more = {str(key): Recipe("Make", "1", {}, {}, {}) for key in range(1_999)}
    Remembered(path).save({"used": RECIPE, **more})
    found = Remembered(path)
    assert (found.get("old"), found.get("used")) == (None, RECIPE)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b'{"1": 5}', b'{"1": "["}', b'{"1": "[1, 2]"}', b"\xff", b"[" * 100_000],
)
def test_a_damaged_file_says_nothing_and_is_made_good(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "recipes.json"
    path.write_bytes(content)
    assert Remembered(path).get("1") is None
    Remembered(path).save({"1": RECIPE})
    assert Remembered(path).get("1") == RECIPE


def test_where_nothing_can_be_written_it_is_done_without(tmp_path: Path) -> None:
    place = tmp_path / "a file"
    place.touch()
    found = Remembered(place / "recipes.json")
    found.save({"1": RECIPE})
    assert found.get("1") == RECIPE
    assert Remembered(place / "recipes.json").get("1") is None
    found.clear()
    assert found.get("1") is None


def test_half_a_character_costs_nobody_else_anything(tmp_path: Path) -> None:
    path = tmp_path / "recipes.json"
    Remembered(path).save({"1": RECIPE})
    Remembered(path).save({"2": Recipe("Make", "1", {"a": "\ud800"}, {}, {})})
    assert Remembered(path).get("1") == RECIPE
