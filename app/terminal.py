"""The two streams of a command: results on standard output, everything else on standard error."""

from __future__ import annotations

import io
import os
import sys


def prepare() -> None:
    """Make the streams take any text; a terminal gets an escape for a letter it cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                encoding=None if stream.isatty() else "utf-8", errors="backslashreplace"
            )


def out(text: str) -> None:
    """Write a line of results at once, so that a reader of the pipe has it as soon as it is so."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """Write a line that is not a result."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def complain(text: str) -> None:
    """Write what went wrong."""
    note(f"safelight: {text}")


def forget_output() -> None:
    """Lead standard output nowhere, after its reader went away, so that closing it cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
