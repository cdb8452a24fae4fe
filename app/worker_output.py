"""What packs and libraries print in a worker, line by line, for the server's log."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = "safelight.log"
"""The type of messages that carry a printed line, which no client sees."""
_LONGEST = 2_000


class Overheard:
    """A stream that passes everything on, and each whole line also to a listener.

    Args:
        stream: Where it was written to all along.
        hear: Given each line.
    """

    def __init__(self, stream: TextIO, hear: Callable[[str], None]) -> None:
        self._stream = stream
        self._hear = hear
        self._begun = ""

    def write(self, text: str) -> int:
        """Write some text."""
        count = self._stream.write(text)
        *lines, self._begun = (self._begun + text).split("\n")
        self._begun = self._begun[-_LONGEST:]
        for line in lines:
            # A progress bar draws itself over and over; what it looks like in the end will do.
            shown = line.rstrip("\r").rpartition("\r")[2][:_LONGEST]
            if shown.strip():
                self._hear(shown)
        return count

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._stream, name)


def overhear(hear: Callable[[str], None]) -> None:
    """Have a listener hear what is printed in this process from now on."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, Overheard):
            setattr(sys, name, Overheard(stream, hear))
