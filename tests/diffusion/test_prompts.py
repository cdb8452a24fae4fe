"""Prompt weights: what counts for more, and that any text can be read."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffusion.prompts import Span, weighted_spans


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("", []),
        ("a cat", [("a cat", 1.0)]),
        ("a (red) cat", [("a ", 1.0), ("red", 1.1), (" cat", 1.0)]),
        ("((red))", [("red", 1.1 * 1.1)]),
        ("(red:1.3)", [("red", 1.3)]),
        ("(a (red:1.3) cat:0.5)", [("a ", 0.5), ("red", 1.3), (" cat", 0.5)]),
        ("((red:2) cat)", [("red", 2.0), (" cat", 1.1)]),
        ("(red:-1)", [("red", -1.0)]),
        ("(at 10:30 sharp)", [("at 10:30 sharp", 1.1)]),
        ("(ratio 16:9)", [("ratio 16", 9.0)]),
        ("[red] {cat}", [("[red] {cat}", 1.0)]),
        (r"a \(red\) cat", [("a (red) cat", 1.0)]),
        (r"(a \(red\) cat:1.2)", [("a (red) cat", 1.2)]),
        ("()", []),
        ("a)b(c", [("a)b(c", 1.0)]),
        ("(a (b)", [("(a ", 1.0), ("b", 1.1)]),
    ],
)
def test_parentheses_and_numbers_set_weights(
    prompt: str, expected: list[tuple[str, float]]
) -> None:
    spans = weighted_spans(prompt)

    assert [span.text for span in spans] == [text for text, _ in expected]
    assert [span.weight for span in spans] == pytest.approx([weight for _, weight in expected])


@pytest.mark.parametrize("word", ["inf", "-infinity", "nan"])
def test_a_weight_that_is_no_finite_number_is_words(word: str) -> None:
    assert weighted_spans(f"(to:{word})") == [Span(f"to:{word}", 1.1)]


@given(st.text(st.sampled_from(r"ab :.1()[]\,") | st.characters(exclude_categories=["Cs"])))
def test_any_text_can_be_read(prompt: str) -> None:
    spans = weighted_spans(prompt)

    assert all(span.text for span in spans)
    assert sum(len(span.text) for span in spans) <= len(prompt)


@given(st.text(st.characters(exclude_characters="()\\\x02\x03", exclude_categories=["Cs"])))
def test_text_without_parentheses_is_kept_as_it_is(text: str) -> None:
    assert "".join(span.text for span in weighted_spans(text)) == text


@given(
    st.lists(st.text("abc ", min_size=1, max_size=5), min_size=1, max_size=6),
    st.data(),
)
def test_weights_move_no_word(words: list[str], data: st.DataObject) -> None:
    forms = ("{}", "({})", "(({}))", "({}:1.5)", "(x ({}:0.2))")
    chosen = [data.draw(st.sampled_from(forms)) for _ in words]
    prompt = "".join(form.format(word) for form, word in zip(chosen, words, strict=True))
    expected = "".join(
        f"x {word}" if "x" in form else word for form, word in zip(chosen, words, strict=True)
    )

    assert "".join(span.text for span in weighted_spans(prompt)) == expected


@given(st.text(st.sampled_from("ab() "), max_size=30))
def test_escaped_parentheses_are_only_text(text: str) -> None:
    escaped = text.replace("(", r"\(").replace(")", r"\)")

    assert weighted_spans(escaped) == ([Span(text, 1.0)] if text else [])


@pytest.mark.parametrize(
    "prompt",
    [
        "(" * 100_000,
        ")" * 100_000,
        "(" * 50_000 + "a" + ")" * 50_000,
        "(" * 50_000 + "a:b" + ")" * 50_000,
        "(a:1.2" * 30_000,
        "(a:1.2)" * 30_000,
        "((a)" * 30_000,
    ],
    ids=lambda prompt: f"{prompt[:6]}…{prompt[-3:]}",
)
def test_a_hundred_thousand_parentheses_are_read_in_seconds(prompt: str) -> None:
    began = time.process_time()

    weighted_spans(prompt)

    assert time.process_time() - began < 5.0
