"""The two streams of a command: results on standard output, everything else on standard error."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager, redirect_stdout
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Reserved:
    """Where results go while standard output is reserved for them."""

    stream: IO[str] | None = None


def prepare() -> None:
    """Make the streams take any text; a terminal gets an escape for a letter it cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                encoding=None if stream.isatty() else "utf-8", errors="backslashreplace"
            )


@contextmanager
def reserved() -> Iterator[None]:
    """Keep standard output for results: what nodes print meanwhile goes to standard error."""
    before = _Reserved.stream
    _Reserved.stream = _results()
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _Reserved.stream = before


def _results() -> IO[str]:
    return _Reserved.stream or sys.stdout


def out(text: str) -> None:
    """Write a line of results at once, so that a reader of the pipe has it as soon as it is so."""
    _results().write(f"{text}\n")
    _results().flush()


def note(text: str) -> None:
    """Write a line that is not a result."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def complain(text: str) -> None:
    """Write what went wrong."""
    note(f"safelight: {text}")


def forget_output() -> None:
    """Lead standard output nowhere, after its reader went away, so that closing it cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), _results().fileno())
