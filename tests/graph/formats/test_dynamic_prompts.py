"""Choices and comments in prompts."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from graph.formats.dynamic_prompts import choose


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("a cat", "a cat"),
        ("a {cat}", "a cat"),
        (r"\{a\|b\}", "{a|b}"),
        (r"{\{x\}}", "{x}"),
        (r"a \(b:1.2\)", r"a \(b:1.2\)"),
        ("a | b } c", "a | b } c"),
        ("a {cat", "a cat"),
        ("one // two\nthree", "one \nthree"),
        ("one /* two\nthree */ four", "one  four"),
        ("see http://example.com now", "see http:"),
        ("{a/*|b*/}", "a"),
        ("{}", ""),
        ("", ""),
        ("\\", "\\"),
    ],
)
def test_text_with_one_possible_outcome(text: str, chosen: str) -> None:
    assert choose(text, Random(0)) == chosen


def test_alternatives_are_equally_likely_also_within_alternatives() -> None:
    random = Random(1)
    counted = Counter(choose("{a|{b|c}}", random) for _ in range(4000))
    assert set(counted) == {"a", "b", "c"}
    assert 1850 < counted["a"] < 2150
    assert 850 < counted["b"] < 1150


def test_the_same_generator_chooses_the_same() -> None:
    text = "{1|2|3|4} {1|2|3|4} {1|2|3|4}"
    assert choose(text, Random(5)) == choose(text, Random(5))


def test_braces_nested_without_end_are_no_trouble() -> None:
    assert choose("{" * 50_000 + "x", Random(0)) == "x"
