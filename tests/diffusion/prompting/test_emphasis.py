"""Weights of words as the web UI counts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffusion.prompting.emphasis import emphasised
from diffusion.prompts import weighted_spans

Spans = list[tuple[str, float]]


def _segments(prompt: str) -> list[Spans]:
    return [[(span.text, span.weight) for span in segment] for segment in emphasised(prompt)]


@pytest.mark.parametrize(
    ("prompt", "spans"),
    [
        ("a cat", [("a cat", 1.0)]),
        ("a (cat)", [("a ", 1.0), ("cat", 1.1)]),
        ("a [cat]", [("a ", 1.0), ("cat", 1 / 1.1)]),
        ("a ((cat))", [("a ", 1.0), ("cat", 1.1 * 1.1)]),
        ("a [[cat]]!", [("a ", 1.0), ("cat", 1 / 1.1 / 1.1), ("!", 1.0)]),
        ("(cat:1.5)", [("cat", 1.5)]),
        ("(cat: 1.5 )", [("cat", 1.5)]),
        ("(a (cat:1.5):2)", [("a ", 2.0), ("cat", 3.0)]),
        ("((cat:1.5))", [("cat", 1.5 * 1.1)]),
        ("([cat])", [("cat", 1.0)]),
        ("(cat:-0.5)", [("cat", -0.5)]),
        ("(cat:.5)", [("cat", 0.5)]),
        ("[cat:1.5]", [("cat:1.5", 1 / 1.1)]),
        ("cat:1.5)", [("cat:1.5)", 1.0)]),
        ("(a: b)", [("a: b", 1.1)]),
        (r"\(cat\) \[dog\] \\", [(r"(cat) [dog] \ "[:-1], 1.0)]),
        ("a (cat", [("a ", 1.0), ("cat", 1.1)]),
        ("a) [cat", [("a) ", 1.0), ("cat", 1 / 1.1)]),
        ("(a[b)c]", [("a", 1.1), ("b", 1.0), ("c", 1 / 1.1)]),
        ("", []),
        ("()", []),
    ],
)
def test_brackets_weigh(prompt: str, spans: Spans) -> None:
    (segment,) = _segments(prompt)

    assert [text for text, _ in segment] == [text for text, _ in spans]
    assert [weight for _, weight in segment] == pytest.approx([weight for _, weight in spans])


@pytest.mark.parametrize(
    ("prompt", "segments"),
    [
        ("a BREAK b", [[("a", 1.0)], [("b", 1.0)]]),
        ("(a\nBREAK b)", [[("a", 1.1)], [("b", 1.1)]]),
        ("a BREAK", [[("a", 1.0)], []]),
        ("BREAKING a breakfast", [[("BREAKING a breakfast", 1.0)]]),
        ("a, BREAK BREAK (b:2) c", [[("a,", 1.0)], [], [("b", 2.0), (" c", 1.0)]]),
    ],
)
def test_break_starts_another_segment(prompt: str, segments: list[Spans]) -> None:
    assert _segments(prompt) == segments


@given(st.text(alphabet="ab ()", max_size=30))
def test_all_text_but_brackets_with_partners_stays(prompt: str) -> None:
    (segment,) = emphasised(prompt)

    kept = "".join(span.text for span in segment)
    assert kept.replace(")", "") == prompt.replace("(", "").replace(")", "")
    assert all(span.text for span in segment)


@given(
    st.recursive(st.text(alphabet="ab ", min_size=1, max_size=3), lambda t: t.map("({})".format))
)
def test_balanced_parentheses_weigh_as_they_do_without_the_switch(prompt: str) -> None:
    (ours,), theirs = emphasised(prompt), weighted_spans(prompt)

    assert [span.text for span in ours] == [span.text for span in theirs]
    assert [span.weight for span in ours] == pytest.approx([span.weight for span in theirs])
