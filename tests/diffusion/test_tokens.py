"""Tokens against the reference, against transformers' tokenizer, and how long prompts are cut."""

import gzip
import json
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers.models.clip.tokenization_clip import CLIPTokenizer

from diffusion.tokens import CHUNK, END, START, Token, tokenise

_CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "tokens_sd1.json").read_text()
)


@cache
def _reference() -> CLIPTokenizer:
    """Transformers' tokenizer over the same merges, its vocabulary made another way."""
    packed = files("diffusion").joinpath("data", "bpe_simple_vocab_16e6.txt.gz").read_bytes()
    lines = gzip.decompress(packed).decode().split("\n")[1:48895]
    merges: Any = [tuple(line.split()) for line in lines]  # annotated as str, but strings fail
    visible = [n for n in range(256) if chr(n).isprintable() and chr(n) != " "]
    hidden = [n for n in range(256) if n not in visible]
    letters = [chr(n) for n in visible] + [chr(256 + n) for n in range(len(hidden))]
    names = [
        *letters,
        *(letter + "</w>" for letter in letters),
        *map("".join, merges),
    ]
    names += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {name: number for number, name in enumerate(names)}
    return CLIPTokenizer(vocab=vocabulary, merges=merges)


def _text_ids(prompt: str) -> list[int]:
    """The ids of all chunks without start, end and padding."""
    return [id_ for chunk in tokenise(prompt) for id_ in _inner([token.id for token in chunk])]


def _inner(ids: list[int]) -> list[int]:
    return ids[1 : ids.index(END)]


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["prompt"][:40])
def test_ids_and_weights_are_the_references(case: dict[str, Any]) -> None:
    chunks = tokenise(case["prompt"])

    assert [[token.id for token in chunk] for chunk in chunks] == [
        [id_ for id_, _ in chunk] for chunk in case["chunks"]
    ]
    for ours, reference in zip(chunks, case["chunks"], strict=True):
        assert [token.weight for token in ours] == pytest.approx(
            [weight for _, weight in reference]
        )


# Short enough for one chunk: a letter is four tokens at most.
@given(
    st.text(
        st.characters(exclude_characters="()\\\x02\x03", exclude_categories=["Cs"]), max_size=15
    )
)
@settings(deadline=None)
def test_any_text_has_the_tokens_that_transformers_gives_it(text: str) -> None:
    expected = _reference()(text.replace("\n", " "), add_special_tokens=False)["input_ids"]

    (chunk,) = tokenise(text)
    padding = [END] * (CHUNK - 1 - len(expected))
    assert [token.id for token in chunk] == [START, *expected, *padding]


def test_end_and_start_typed_in_a_prompt_are_one_token_each() -> None:
    ids = [token.id for token in tokenise("a <|startoftext|> b <|endoftext|> c")[0]]

    assert ids[:7] == [START, 320, START, 321, END, 322, END]


@given(st.text(max_size=600))
@settings(deadline=None)
def test_every_chunk_has_77_tokens_between_a_start_and_an_end(text: str) -> None:
    for chunk in tokenise(text):
        assert len(chunk) == CHUNK
        assert chunk[0] == Token(START)
        assert Token(END) in chunk[1:]


@given(st.lists(st.integers(1, 12), min_size=1, max_size=60))
@settings(deadline=None)
def test_only_words_of_eight_tokens_or_more_are_torn_apart(lengths: list[int]) -> None:
    # A digit is one token each, and a number is one word.
    words = ["7" * length for length in lengths]
    chunks = [_inner([token.id for token in chunk]) for chunk in tokenise(" ".join(words))]

    ends = {sum(lengths[: index + 1]) for index in range(len(lengths))}
    cut, torn = 0, []
    for chunk in chunks[:-1]:
        cut += len(chunk)
        if cut not in ends:
            torn.append(next(b - a for a, b in pairwise([0, *sorted(ends)]) if a < cut < b))

    assert all(length >= 8 for length in torn)
    assert sum(map(len, chunks)) == sum(lengths)


def test_seventy_five_tokens_fill_one_chunk_and_one_more_begins_the_next() -> None:
    assert len(tokenise("a " * 75)) == 1

    first, second = tokenise("a " * 76)
    assert [token.id for token in first] == [START, *[320] * 75, END]
    assert [token.id for token in second] == [START, 320, *[END] * 75]


def test_another_padding_fills_what_is_left_after_the_end() -> None:
    ids = [token.id for token in tokenise("a", padding=0)[0]]

    assert ids == [START, 320, END, *[0] * 74]


def test_padding_and_ends_have_no_weight_of_their_own() -> None:
    weights = [token.weight for token in tokenise("(a:2)")[0]]

    assert weights == [1.0, 2.0, *[1.0] * 75]


def test_ten_thousand_words_become_chunks_in_order() -> None:
    ids = _text_ids(" ".join(["cat", "dog"] * 5_000))

    assert ids == _text_ids("cat dog") * 5_000
