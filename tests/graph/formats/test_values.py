"""JSON text to values: errors that name the place, copies that share nothing."""

from __future__ import annotations

import pytest

from graph.errors import FormatError
from graph.formats.values import copy_json, describe, parse_json


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a": }', r"cat.json is not valid JSON: Expecting value at line 1, column 7"),
        ("", r"cat.json is not valid JSON: Expecting value at line 1, column 1"),
        (b"\xff\xfe", r"cat.json is not text in UTF-8: byte 0 cannot be decoded"),
        ("[" * 200 + "]" * 200, r"cat.json is nested more than 100 levels deep"),
        ("[" * 100_000, r"cat.json is nested more than 100 levels deep"),
        ("1" * 5000, r"cat.json is not valid JSON: Exceeds the limit"),
    ],
)
def test_text_that_is_no_json_is_refused_with_the_place(text: str | bytes, sentence: str) -> None:
    with pytest.raises(FormatError, match=sentence):
        parse_json(text, "cat.json")


def test_a_byte_order_mark_is_skipped() -> None:
    assert parse_json(b'\xef\xbb\xbf{"a": 1}', "x") == {"a": 1}


def test_a_copy_shares_nothing_with_the_original() -> None:
    original = {"a": [1, {"b": []}]}
    copied = copy_json(original, "x")
    assert copied == original
    original["a"].append(2)
    assert copied == {"a": [1, {"b": []}]}


def test_what_json_does_not_know_is_refused() -> None:
    with pytest.raises(FormatError, match="input 'a' holds a Python set, which JSON does not know"):
        copy_json([{1}], "input 'a'")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (True, "a boolean (true)"),
        (3, "a number (3)"),
        (0.5, "a number (0.5)"),
        ("cat", 'text ("cat")'),
        ("x" * 50, 'text ("' + "x" * 36 + "…)"),
        ([1], "a list"),
        ({}, "an object"),
    ],
)
def test_values_are_named_in_words(value: object, words: str) -> None:
    assert describe(value) == words
