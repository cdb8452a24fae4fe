"""The two streams of a command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from app import terminal

if TYPE_CHECKING:
    import pytest


def test_results_have_standard_output_for_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.reserved():
        sys.stdout.write("what a node prints\n")
        terminal.out("a result")
        with terminal.reserved():
            terminal.out("another")
        terminal.note("a note")
    sys.stdout.write("as ever\n")
    printed = capsys.readouterr()
    assert printed.out == "a result\nanother\nas ever\n"
    assert printed.err == "what a node prints\na note\n"
