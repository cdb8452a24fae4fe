"""Why a node runs, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from graph.keys import Recipe
from graph.reasons import explain
from graph.workflow import Link

if TYPE_CHECKING:
    from collections.abc import Mapping

LINKS = {"model": Link("4", 0), "positive": Link("6", 1)}
BEFORE = Recipe(
    "KSampler",
    "1",
    {"seed": 1, "cfg": 7.5},
    {"model": b"m", "positive": b"p"},
    {},
)
LOADED = Recipe("LoadImage", "1", {"image": "a.png"}, {}, {"image": b"a"})


def _explain(
    before: Recipe | None,
    now: Recipe,
    *,
    links: Mapping[str, Link] = LINKS,
    pure: bool = True,
    files_gone: bool = False,
) -> str:
    return explain(before, now, links=links, pure=pure, files_gone=files_gone)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "evicted from the cache"),
        ({"class_type": "Other"}, "first run"),
        ({"version": "2"}, "node code changed"),
        ({"constants": {"seed": 2, "cfg": 7.5}}, "seed: 1 → 2"),
        ({"constants": {"seed": 2, "cfg": 8.0}}, "seed: 1 → 2, cfg: 7.5 → 8.0"),
        ({"constants": {"seed": 1, "cfg": 7.5, "steps": 4}}, "steps is typed in now"),
        ({"constants": {"seed": 1}}, "cfg is no longer given"),
        ({"sources": {"model": b"n", "positive": b"p"}}, "upstream 4 made something new"),
        (
            {"sources": {"model": b"n", "positive": b"q"}},
            "upstream 4 made something new, upstream 6 made something new",
        ),
        ({"sources": {"positive": b"p"}}, "model is no longer linked"),
        (
            {"constants": {"cfg": 7.5}, "sources": {**BEFORE.sources, "seed": b"s"}},
            "seed comes from node 9 now",
        ),
        (
            {"constants": {**BEFORE.constants, "model": "x"}, "sources": {"positive": b"p"}},
            "model is typed in now",
        ),
        (
            {"constants": {"seed": 2, "cfg": 7.5}, "sources": {"model": b"n", "positive": b"p"}},
            "seed: 1 → 2, upstream 4 made something new",
        ),
        ({"salt": ("5",)}, "3 → 5"),
    ],
)
def test_what_changed_is_the_reason(change: dict[str, Any], reason: str) -> None:
    before = replace(BEFORE, salt=("3",))
    links = {**LINKS, "seed": Link("9", 0)}
    assert _explain(before, replace(before, **change), links=links) == reason


def test_a_node_that_was_never_looked_at_runs_for_the_first_time() -> None:
    assert _explain(None, BEFORE) == "first run"


def test_a_node_that_is_not_pure_needs_no_other_reason() -> None:
    assert _explain(BEFORE, replace(BEFORE, version="2"), pure=False) == "declared impure"


def test_files_that_are_gone_are_the_reason() -> None:
    assert _explain(BEFORE, BEFORE, files_gone=True) == "its files are gone or changed"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.png", b"b", "file a.png changed"),
        ("b.png", b"b", "image: 'a.png' → 'b.png'"),
        ("b.png", b"a", "evicted from the cache"),
    ],
)
def test_a_file_counts_by_its_content(name: str, content: bytes, reason: str) -> None:
    now = replace(LOADED, constants={"image": name}, files={"image": content})
    assert _explain(LOADED, now) == reason


def test_values_that_look_alike_are_told_apart() -> None:
    before = Recipe("Any", "1", {"value": 1}, {}, {})
    assert _explain(before, replace(before, constants={"value": True})) == "value: 1 → True"
    assert _explain(before, replace(before, constants={"value": 1.0})) == "value: 1 → 1.0"


def test_long_texts_are_shown_in_part() -> None:
    now = replace(BEFORE, constants={"seed": "x" * 10_000, "cfg": 7.5})
    assert len(_explain(BEFORE, now)) < 100


@pytest.mark.parametrize("before", [None, replace(BEFORE, class_type="Other")])
def test_what_an_earlier_process_made_and_could_not_keep_is_no_first_run(
    before: Recipe | None,
) -> None:
    links, now = LINKS, BEFORE
    told = explain(before, now, links=links, pure=True, files_gone=False, known=True)
    assert told == "its result is not kept between processes"
