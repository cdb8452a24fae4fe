"""The closest known name: typing mistakes are recognised, other words are not."""

from __future__ import annotations

import time

import pytest

from graph.suggest import closest, did_you_mean

KNOWN = ("KSampler", "KSamplerAdvanced", "VAEDecode", "LoadImage")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("KSampeler", "KSampler"),
        ("ksampler", "KSampler"),
        ("VaeDecode", "VAEDecode"),
        ("Loadimages", "LoadImage"),
        ("Zebra", None),
        ("", None),
    ],
)
def test_a_typing_mistake_is_recognised(typed: str, meant: str | None) -> None:
    assert closest(typed, KNOWN) == meant


def test_nothing_is_like_anything_where_nothing_is_known() -> None:
    assert closest("KSampler", ()) is None


def test_sentences_end_in_a_question_or_not_at_all() -> None:
    assert did_you_mean("KSampeler", KNOWN) == "; did you mean 'KSampler'?"
    assert did_you_mean("Zebra", KNOWN) == ""


def test_a_name_of_a_megabyte_is_answered_at_once() -> None:
    known = [f"node number {i}" for i in range(1000)]
    started = time.perf_counter()
    closest("x" * 1_000_000, known)
    assert time.perf_counter() - started < 1.0
