"""Prompts with choices, read and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffusion.errors import DiffusionError
from diffusion.prompting.template import (
    Choice,
    Option,
    Template,
    Wildcard,
    printed,
    read_option,
    read_template,
)


def _options(*texts: str) -> tuple[Option, ...]:
    return tuple(Option((text,) if text else ()) for text in texts)


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("", ()),
        ("a cat", ("a cat",)),
        ("{red|blue} car", (Choice(_options("red", "blue")), " car")),
        ("{a||b}", (Choice(_options("a", "", "b")),)),
        ("{}", (Choice(_options("")),)),
        (r"\{a\|b\} \(c\) \\", (r"{a|b} \(c\) \\",)),
        ("a|b} c", ("a|b} c",)),
        (
            "{a|{b|c} d}",
            (Choice((*_options("a"), Option((Choice(_options("b", "c")), " d")))),),
        ),
        ("__animals/cats*__!", (Wildcard("animals/cats*"), "!")),
        (r"_\_init_\_", ("__init__",)),
        ("a__b", ("a__b",)),
        (
            "{0.5::a|.25::b|c}",
            (Choice((Option(("a",), 0.5), Option(("b",), 0.25), Option(("c",)))),),
        ),
        ("{2$$a|b|c}", (Choice(_options("a", "b", "c"), 2, 2),)),
        ("{1-2$$ and $$a|b|c}", (Choice(_options("a", "b", "c"), 1, 2, " and "),)),
        ("{-2$$a|b|c}", (Choice(_options("a", "b", "c"), 1, 2),)),
        ("{2-$$a|b|c}", (Choice(_options("a", "b", "c"), 2, None),)),
        ("{0-1$$a}", (Choice(_options("a"), 0, 1),)),
        ("{$$a|b}", (Choice(_options("$$a", "b")),)),
        ("{2$$__a__}", (Choice((Option((Wildcard("a"),)),), 2, 2),)),
        ("# a comment\na\n  # another\nb #1", ("a\nb #1",)),
    ],
)
def test_a_prompt_is_read_into_text_and_choices(text: str, template: Template) -> None:
    assert read_template(text) == template


def test_a_line_of_a_file_may_weigh_more() -> None:
    assert read_option("3::a {b|c}").weight == 3.0
    assert read_option("a::b") == Option(("a::b",))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a {b", "line 1, character 3 is never closed"),
        ("a\n {b|{c|d}", "line 2, character 2 is never closed"),
        ("{a|{b|c}|__d__", "line 1, character 1 is never closed"),
        ("x {3-1$$a|b}", "line 1, character 3 ask for at least 3 .* at most 1"),
        ("{0::a|0::b}", "All weights in the braces at line 1, character 1 are 0"),
        ("{" * 101 + "a" + "}" * 101, "more than 100 deep"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(text: str, words: str) -> None:
    with pytest.raises(DiffusionError, match=words):
        read_template(text)


pieces = st.one_of(
    st.sampled_from(["2$$", "1-3$$", "$$", "0.5::", "2::", "__n__", "__", "(b:1.2)", ", ", "red "]),
    st.sampled_from("{}|_\\#[]-aé \n"),
)


@given(st.lists(pieces, max_size=40).map("".join))
def test_what_is_printed_is_read_as_the_same(text: str) -> None:
    try:
        template = read_template(text)
    except DiffusionError:
        return

    assert read_template(printed(template)) == template


@given(st.text(alphabet="|}_\\#$:-2 a\n", max_size=60))
def test_only_a_brace_that_is_never_closed_keeps_text_from_being_read(text: str) -> None:
    if text.count("{") == 0:
        read_template(text)


@given(st.text(alphabet=st.characters(exclude_characters="{}|_\\#"), max_size=60))
def test_text_without_marks_is_itself(text: str) -> None:
    assert read_template(text) == ((text,) if text else ())
