"""Shows on standard error what a long step is doing, so that nothing is quiet for a second.

On a terminal one line is redrawn five times a second with what is under way, how many bytes of a
download are there and for how long it has run. Elsewhere, in a log for instance, a line comes every
five seconds. Lines that are to stay go through `say`.
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from typing import IO, TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

_SPINNER = "|/-\\"
_REDRAW_SECONDS = 0.2
_LOG_SECONDS = 5.0
_ERASE_LINE = "\r\x1b[K"


class Status:
    """The line at the bottom of the screen. Use as a context; it draws from a thread of its own."""

    def __init__(self, watched: Path, stream: IO[str] | None = None) -> None:
        self._watched = watched
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._draw_until_done, daemon=True)
        self._task = ""
        self._download: tuple[str, float] | None = None
        self._since = time.monotonic()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def begin(self, task: str, download: tuple[str, float] | None = None) -> None:
        """Say what is under way; `download` is a file's name and size in MB, if it is one."""
        with self._lock:
            self._task, self._download, self._since = task, download, time.monotonic()

    def say(self, line: str) -> None:
        """Print a line that stays."""
        with self._lock:
            self._write(line)

    def _draw_until_done(self) -> None:
        ticks = 0
        while not self._done.wait(_REDRAW_SECONDS if self._terminal else _LOG_SECONDS):
            with self._lock:
                if self._task:
                    self._draw(ticks)
            ticks += 1
        if self._terminal:
            self._stream.write(_ERASE_LINE)
            self._stream.flush()

    def _draw(self, ticks: int) -> None:
        seconds = time.monotonic() - self._since
        text = f"{self._task}{self._amount()}, {seconds:.0f} s"
        if self._terminal:
            room = shutil.get_terminal_size().columns - 5
            self._stream.write(f"{_ERASE_LINE}  {_SPINNER[ticks % len(_SPINNER)]} {text[:room]}")
            self._stream.flush()
        else:
            self._write(f"  {text}")

    def _amount(self) -> str:
        if self._download is None:
            return ""
        name, megabytes = self._download
        return f": {_arrived(self._watched, name) / 1e6:.0f} of {megabytes:.0f} MB"

    def _write(self, line: str) -> None:
        start = _ERASE_LINE if self._terminal else ""
        self._stream.write(f"{start}{line}\n")
        self._stream.flush()


def _arrived(folder: Path, name: str) -> int:
    """Return how many bytes of the file are in pip's temporary folder, which comes and goes."""
    found = folder.glob(f"pip-unpack-*/{name}")
    try:
        return max((path.stat().st_size for path in found), default=0)
    except OSError:
        return 0
