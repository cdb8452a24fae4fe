"""Choices in prompts: which are made, how often, and that a seed always makes the same."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffusion.errors import DiffusionError
from diffusion.prompting.draws import Draws
from diffusion.prompting.dynamic import resolve
from diffusion.prompting.template import Option, read_option


class Files:
    """Wildcards from memory."""

    def __init__(self, lines: Mapping[str, Sequence[str]]) -> None:
        self._lines = lines

    def options(self, name: str) -> Sequence[Option]:
        return [read_option(line) for line in self._lines[name]]


NONE = Files({})
SEEDS = range(2000)


def _shares(text: str, files: Files = NONE) -> dict[str, float]:
    """How often each prompt comes out."""
    counted = Counter(resolve(text, seed, files) for seed in SEEDS)
    return {made: count / len(SEEDS) for made, count in counted.items()}


def test_draws_are_those_that_are_documented() -> None:
    draws = Draws(42)

    assert [draws.fraction() for _ in range(3)] == [
        0.33046059589505905,
        0.04882804257555695,
        0.9384575545967143,
    ]


def test_the_same_seed_makes_the_same_prompt_for_ever() -> None:
    text = "a {red|green|blue} {2$$cat|dog|bird} __where__"
    files = Files({"where": ["at sea", "in {spring|autumn}"]})

    assert [resolve(text, seed, files) for seed in (0, 1, 2**64 - 1)] == [
        "a blue dog, cat in autumn",
        "a red bird, cat in autumn",
        "a blue cat, dog in spring",
    ]


def test_alternatives_are_equally_likely() -> None:
    shares = _shares("a {red|green|blue} car")

    assert set(shares) == {"a red car", "a green car", "a blue car"}
    assert all(share == pytest.approx(1 / 3, abs=0.04) for share in shares.values())


def test_weights_say_how_often() -> None:
    shares = _shares("{3::a|b|0::c}")

    assert shares["a"] == pytest.approx(0.75, abs=0.04)
    assert set(shares) == {"a", "b"}


def test_several_are_chosen_without_repeats_in_any_order() -> None:
    shares = _shares("{2$$ and $$a|b|c}")

    assert set(shares) == {f"{one} and {other}" for one in "abc" for other in "abc" if one != other}
    assert all(share == pytest.approx(1 / 6, abs=0.03) for share in shares.values())


def test_a_range_says_how_many() -> None:
    lengths = Counter(made.count(",") + 1 for made in _shares("{1-3$$a|b|c}"))

    assert set(lengths) == {1, 2, 3}
    assert set(_shares("{9$$a|b}")) == {"a, b", "b, a"}
    assert set(_shares("{0-1$$a}")) == {"", "a"}
    assert set(_shares("{2-$$a|b|c}", NONE)) >= {"a, b", "a, b, c"}


def test_choices_hold_choices() -> None:
    shares = _shares("{a|{b|c}}")

    assert shares["a"] == pytest.approx(0.5, abs=0.04)
    assert shares["b"] == pytest.approx(0.25, abs=0.04)


def test_a_wildcard_is_one_of_its_lines_and_its_lines_hold_choices_and_wildcards() -> None:
    files = Files({"season": ["summer", "{autumn|fall}", "__cold__"], "cold": ["winter", "2::ice"]})

    shares = _shares("__season__ is coming", files)

    assert shares["summer is coming"] == pytest.approx(1 / 3, abs=0.04)
    assert shares["fall is coming"] == pytest.approx(1 / 6, abs=0.03)
    assert shares["ice is coming"] == pytest.approx(2 / 9, abs=0.03)


def test_several_lines_of_one_wildcard_are_different_ones() -> None:
    files = Files({"fruit": ["apple", "pear"]})

    assert set(_shares("{2$$__fruit__}", files)) == {"apple, pear", "pear, apple"}
    assert "pear, pear" in _shares("{2$$__fruit__|__fruit__}", files)


def test_wildcards_that_name_each_other_are_named() -> None:
    files = Files({"a": ["x __b__"], "b": ["__a__"]})

    with pytest.raises(DiffusionError, match="without end: __a__ → __b__ → __a__"):
        resolve("__a__", 1, files)


def test_a_wildcard_may_name_itself_if_it_comes_to_an_end() -> None:
    files = Files({"row": ["5::end", "more __row__"]})

    assert {"end", "more end"} <= set(_shares("__row__", files))


def test_wildcards_that_multiply_are_stopped() -> None:
    files = Files({f"n{depth}": [f"__n{depth + 1}__" * 4] for depth in range(39)} | {"n39": ["x"]})

    with pytest.raises(DiffusionError, match="more than 10,000 lines"):
        resolve("__n0__", 0, files)


@given(seed=st.integers(0, 2**64 - 1), text=st.text(alphabet="ab{}|$2- ", max_size=30))
def test_what_comes_out_holds_no_braces_that_were_balanced(seed: int, text: str) -> None:
    try:
        made = resolve(text, seed, NONE)
    except DiffusionError:
        return

    assert "{" not in made
    assert resolve(text, seed, NONE) == made


@given(st.lists(st.floats(0.0, 10.0), min_size=1).filter(any), st.integers(0, 1000))
def test_what_weighs_nothing_is_never_chosen(weights: list[float], seed: int) -> None:
    assert weights[Draws(seed).index(weights)] > 0.0
