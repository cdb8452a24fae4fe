"""Last words outlive whoever wrote them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys

import pytest

from graph.backends.last_words import LastWords


def _speak(words: LastWords) -> None:
    words.write(b"a long sentence")
    words.write(b"short")
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_what_was_written_last_can_be_read_once_its_process_is_dead() -> None:
    context = multiprocessing.get_context("spawn")
    words = LastWords(context)
    assert words.read() == b""
    process = context.Process(target=_speak, args=(words,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert words.read() == b"short"


def test_what_is_too_long_is_refused_and_harms_nothing() -> None:
    words = LastWords(multiprocessing.get_context("spawn"))
    assert words.write(b"before")
    assert not words.write(bytes(2**20))
    assert words.read() == b"before"
