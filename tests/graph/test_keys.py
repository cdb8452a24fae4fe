"""Keys: equal if and only if everything that counts is equal, types included."""

from __future__ import annotations

import math
import os
import struct
import subprocess
import sys
from dataclasses import replace
from enum import IntEnum, StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.keys import Recipe, canonical, output_identity

RECIPE = Recipe(
    "KSampler",
    "1",
    {"seed": 1, "cfg": 7.5, "sampler_name": "euler"},
    {"model": b"m" * 32, "positive": b"p" * 32},
    {},
)
SCALARS: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def _same(one: object, two: object) -> bool:
    """Whether two values are the same, as keys see it; written in another way than they are."""
    if isinstance(one, float) and isinstance(two, float):
        nans = math.isnan(one) + math.isnan(two)
        return nans == 2 or (not nans and struct.pack("d", one) == struct.pack("d", two))
    if type(one) is not type(two):
        return False
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(_same, one, two))
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(_same(one[key], two[key]) for key in one)
    return one == two


@given(VALUES, VALUES)
@example(0.0, -0.0)
@example(math.nan, -math.nan)
@example([[], []], [[[]]])
@example({"a": {"b": 1}}, {"a": {}, "b": 1})
@example(["ab", "c"], ["a", "bc"])
def test_bytes_are_equal_if_and_only_if_values_are(one: object, two: object) -> None:
    assert (canonical(one) == canonical(two)) == _same(one, two)


@pytest.mark.parametrize(
    "values",
    [
        (1, 1.0, "1", True, b"1", [1], {"1": 1}),
        (0, 0.0, -0.0, "", False, None, b"", [], {}),
        ("None", None, "n"),
        (math.inf, -math.inf, math.nan, "nan"),
        ([1, [2]], [[1], 2], [1, 2], [[1, 2]]),
        (2**64, float(2**64), -(2**64)),
        ({"a": 1, "b": 2}, {"a": 2, "b": 1}, ["a", 1, "b", 2]),
        ({1: "x"}, {"1": "x"}),
    ],
)
def test_values_that_look_alike_differ(values: tuple[object, ...]) -> None:
    assert len({canonical(value) for value in values}) == len(values)


class Word(StrEnum):
    """Stands for a choice."""

    EULER = "euler"


class Level(IntEnum):
    """Stands for a number."""

    ONE = 1


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ((1, "x"), [1, "x"]),
        (math.nan, struct.unpack(">d", b"\x7f\xf8\x00\x00\x00\x00\x00\x01")[0]),
        (Word.EULER, "euler"),
        (Level.ONE, 1),
        (MappingProxyType({"a": 1}), {"a": 1}),
    ],
)
def test_what_is_merely_written_otherwise_is_the_same(one: object, two: object) -> None:
    assert canonical(one) == canonical(two)


def test_a_value_nested_ten_thousand_deep_has_bytes() -> None:
    deep: list[object] = []
    for _ in range(10_000):
        deep = [deep, 1]
    assert canonical(deep) != canonical([deep])


@pytest.mark.parametrize("value", [object(), {1, 2}, 1j, {"a": [object()]}])
def test_what_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="has no canonical bytes"):
        canonical(value)


def test_half_a_character_can_be_part_of_a_key() -> None:
    assert canonical("\ud800") != canonical("\ud801")


@given(st.dictionaries(st.text(), SCALARS, max_size=4), st.dictionaries(st.text(), SCALARS))
def test_recipes_are_equal_if_and_only_if_their_constants_are(
    one: dict[str, object], two: dict[str, object]
) -> None:
    keys = {replace(RECIPE, constants=constants).key() for constants in (one, two)}
    assert len(keys) == (1 if _same(one, two) else 2)


CHANGES: list[dict[str, Any]] = [
    {"class_type": "KSamplerAdvanced"},
    {"version": "2"},
    {"constants": {**RECIPE.constants, "seed": 2}},
    {"constants": {**RECIPE.constants, "seed": 1.0}},
    {"constants": {"seed": 1, "cfg": 7.5}},
    {"constants": {**RECIPE.constants, "extra": None}},
    {"constants": {**RECIPE.constants, "seed": [1, {"a": []}]}},
    {"sources": {**RECIPE.sources, "model": b"n" * 32}},
    {"sources": {"model": b"p" * 32, "positive": b"m" * 32}},
    {"sources": {"model": b"m" * 32}},
    {"constants": {**RECIPE.constants, **RECIPE.sources}, "sources": {}},
    {"files": {"sampler_name": b"f" * 32}},
    {"salt": ("1",)},
    {"salt": ("1", "2")},
    {"salt": ("12",)},
]


def test_everything_that_a_result_depends_on_counts() -> None:
    keys = {RECIPE.key(), *(replace(RECIPE, **change).key() for change in CHANGES)}
    assert len(keys) == len(CHANGES) + 1
    assert {len(key) for key in keys} == {32}


def test_the_order_in_which_inputs_are_given_does_not_count() -> None:
    turned = replace(
        RECIPE,
        constants={name: RECIPE.constants[name] for name in sorted(RECIPE.constants, reverse=True)},
        sources={name: RECIPE.sources[name] for name in sorted(RECIPE.sources, reverse=True)},
    )
    assert turned.key() == RECIPE.key()


def test_a_file_counts_by_its_content_and_not_by_its_name() -> None:
    files = {"image": b"c" * 32}
    one, other = (
        Recipe("LoadImage", "1", {"image": name, "size": 1}, {}, files) for name in ("a", "b")
    )
    assert one.key() == other.key()
    assert one.key() != replace(one, files={"image": b"d" * 32}).key()
    assert one.key() != replace(one, constants={"image": "a", "size": 2}).key()


def test_outputs_of_one_node_have_identities_of_their_own() -> None:
    key = RECIPE.key()
    identities = {output_identity(key, 0), output_identity(key, 1), output_identity(key[::-1], 0)}
    assert len(identities) == 3
    assert key not in identities


def test_keys_are_the_same_in_another_process() -> None:
    program = (
        "from graph.keys import Recipe;"
        "print(Recipe('A', '1', {'x': 1.5, 'y': 'é', 'z': [None, {'b': 1, 'a': True}]},"
        " {'s': b'0' * 32}, {'f': b'1' * 32}, ('7',)).key().hex())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1
    assert len(answers.pop().strip()) == 64
