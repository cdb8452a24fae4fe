"""Prompts that change from step to step, against what the web UI's wiki says of them."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffusion.errors import DiffusionError
from diffusion.prompting.editing import (
    Alternation,
    Change,
    Prompt,
    Stretch,
    printed,
    read_editing,
    schedule,
    text_at,
)


def _texts(prompt: str, steps: int) -> list[str]:
    read = read_editing(prompt)
    return [text_at(read, step, steps) for step in range(steps)]


@pytest.mark.parametrize(
    ("prompt", "stretches"),
    [
        ("a cat", [(10, "a cat")]),
        ("a [cat:dog:4]", [(4, "a cat"), (10, "a dog")]),
        ("a [cat:dog:0.3]!", [(3, "a cat!"), (10, "a dog!")]),
        ("a [cat:dog:0.29]", [(2, "a cat"), (10, "a dog")]),
        ("a[ cat: 6 ]", [(6, "a"), (10, "a cat")]),
        ("a[ cat::6]", [(6, "a cat"), (10, "a")]),
        ("a [cat:dog:0]", [(10, "a dog")]),
        ("a [cat:dog:-1]", [(10, "a dog")]),
        ("a [cat:dog:99]", [(10, "a cat")]),
        ("a [cat:dog:1]", [(1, "a cat"), (10, "a dog")]),
        ("a [cat:dog:.5]", [(5, "a cat"), (10, "a dog")]),
        ("[a:[b:c:6]:2]", [(2, "a"), (6, "b"), (10, "c")]),
        ("[(a:1.2):b:5]", [(5, "(a:1.2)"), (10, "b")]),
        ("([a:b:5]:1.2)", [(5, "(a:1.2)"), (10, "(b:1.2)")]),
        ("[[a]:5]", [(5, ""), (10, "[a]")]),
        ("[a]", [(10, "[a]")]),
        ("[a:b]", [(10, "[a:b]")]),
        ("[a:b:c:5]", [(10, "[a:b:c:5]")]),
        ("[a|b:5]", [(10, "[a|b:5]")]),
        ("a [b [c:d:5]", [(5, "a [b c"), (10, "a [b d")]),
        ("a] [c:d:5] )", [(5, "a] c )"), (10, "a] d )")]),
        ("(a [b) c:3]", [(10, "(a [b) c:3]")]),
        (r"\[a:b:5\] [c\]:d:5]", [(5, r"\[a:b:5\] c\]"), (10, r"\[a:b:5\] d")]),
        ("", [(10, "")]),
    ],
)
def test_a_prompt_says_this_up_to_these_steps(
    prompt: str, stretches: list[tuple[int, str]]
) -> None:
    made = schedule(read_editing(prompt), 10)

    assert [(stretch.end, stretch.text) for stretch in made] == stretches
    assert [stretch.first for stretch in made] == [0, *(end for end, _ in stretches[:-1])]


def test_alternatives_take_turns() -> None:
    assert _texts("a [cow|horse] runs", 4) == ["a cow runs", "a horse runs"] * 2
    assert _texts("[fe|]male", 3) == ["female", "male", "female"]
    assert _texts("[a|b|[c|d]]", 6) == ["a", "b", "c", "a", "b", "d"]


def test_neighbours_that_say_the_same_are_one() -> None:
    assert schedule(read_editing("[a|a]"), 5) == [Stretch("a", 0, 5)]
    assert schedule(read_editing("a"), 1) == [Stretch("a", 0, 1)]


def test_brackets_may_be_deep_but_not_too_deep() -> None:
    assert _texts("[" * 60 + "a" + "|]" * 60, 1) == ["a"]
    assert _texts("(" * 5000 + "a", 1) == ["(" * 5000 + "a"]
    with pytest.raises(DiffusionError, match="more than 100 deep"):
        read_editing("[" * 101 + "a" + "|]" * 101)


@dataclass(frozen=True)
class Words:
    """Text, told apart from changes for the sake of the reference below."""

    text: str


@dataclass(frozen=True)
class From:
    """`[before:after:when]`, where `when` is as it is typed."""

    before: "Tree"
    after: "Tree"
    when: str


@dataclass(frozen=True)
class Turns:
    """`[a|b|…]`."""

    options: tuple["Tree", ...]


@dataclass(frozen=True)
class Brackets:
    """Brackets that only weigh, which stay."""

    opening: str
    inside: "Tree"


Tree: TypeAlias = Words | From | Turns | Brackets | tuple["Tree", ...]


def _typed(tree: Tree) -> str:
    """How a person would type it."""
    match tree:
        case Words(text):
            return text
        case From(before, after, when):
            start = f"{_typed(before)}:" if before else ""
            return f"[{start}{_typed(after)}:{when}]"
        case Turns(options):
            return "[" + "|".join(map(_typed, options)) + "]"
        case Brackets(opening, inside):
            return opening + _typed(inside) + {"(": ")", "[": "]"}[opening]
        case _:
            return "".join(map(_typed, tree))


def _says(tree: Tree, step: int, steps: int) -> str:
    """What the wiki says that a prompt says at a step, counted from 1."""
    match tree:
        case Words(text):
            return text
        case From(before, after, when):
            number = Fraction(when)
            last = number * steps if number < 1 else number
            return _says(before if step <= int(last) else after, step, steps)
        case Turns(options):
            return _says(options[(step - 1) % len(options)], step, steps)
        case Brackets(opening, inside):
            return opening + _says(inside, step, steps) + {"(": ")", "[": "]"}[opening]
        case _:
            return "".join(_says(part, step, steps) for part in tree)


def _within(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    row = st.lists(trees, max_size=3).map(tuple)
    when = st.one_of(
        st.integers(0, 30).map(str), st.decimals(0, 1, places=2).map(str), st.just(".5")
    )
    return st.one_of(
        st.builds(From, row, row, when),
        st.builds(Turns, st.lists(row, min_size=2, max_size=4).map(tuple)),
        st.builds(Brackets, st.sampled_from("(["), row),
        row,
    )


words = st.text(alphabet="ab ,", min_size=1, max_size=3)
trees: st.SearchStrategy[Tree] = st.recursive(
    st.one_of(words, st.sampled_from([r"\[", r"\)", r"\\", r"\:"])).map(Words), _within
)


@given(tree=trees, steps=st.integers(1, 24))
def test_every_step_says_what_the_documentation_says_it_does(tree: Tree, steps: int) -> None:
    expected = [_says(tree, step, steps) for step in range(1, steps + 1)]

    assert _texts(_typed(tree), steps) == expected


@given(tree=trees, steps=st.integers(1, 24))
def test_stretches_cover_all_steps_in_order(tree: Tree, steps: int) -> None:
    made = schedule(read_editing(_typed(tree)), steps)

    assert [stretch.first for stretch in made] == [0, *(stretch.end for stretch in made[:-1])]
    assert made[-1].end == steps
    texts = [stretch.text for stretch in made for _ in range(stretch.first, stretch.end)]
    assert texts == _texts(_typed(tree), steps)


@given(st.one_of(trees.map(_typed), st.text(alphabet="ab[]():|.123\\ -", max_size=40)))
def test_what_is_printed_is_read_as_the_same(text: str) -> None:
    prompt = read_editing(text)

    assert read_editing(printed(prompt)) == prompt


@given(st.text(alphabet="ab[]()|\\ ", max_size=40))
def test_without_colons_and_bars_nothing_ever_changes(text: str) -> None:
    plain = text.replace("|", "")

    assert read_editing(plain) == ((plain,) if plain else ())


def test_pieces_are_what_they_look_like() -> None:
    prompt: Prompt = ("a ", Change(("b",), ("c",), Fraction(1, 4)), Alternation((("d",), ())))

    assert read_editing("a [b:c:0.25][d|]") == prompt
    assert printed(prompt) == "a [b:c:0.25][d|]"
