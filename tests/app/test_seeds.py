"""What `--seed` takes."""

from __future__ import annotations

import argparse

import pytest

from app.seeds import parse_seeds


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7", [7]), ("1..4", [1, 2, 3, 4]), ("5..5", [5]), (str(2**64 - 1), [2**64 - 1])],
)
def test_a_seed_or_a_range_with_both_ends_is_read(text: str, expected: list[int]) -> None:
    assert list(parse_seeds(text)) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x", "'x' is neither"),
        ("-1", "neither a number"),
        ("1...3", "neither"),
        ("4..1", "ends before it begins"),
        (str(2**64), "largest seed, 18446744073709551615"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=sentence):
        parse_seeds(text)
