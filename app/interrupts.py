"""Remembers that Ctrl-C was pressed.

Libraries that import their parts late may swallow the exception that Ctrl-C raises, or turn it into
one of their own; an error that comes after it is then no error of the workflow's.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import FrameType


class Interrupts:
    """Listens while it is entered. `pressed` says whether Ctrl-C was."""

    def __init__(self) -> None:
        self.pressed = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.pressed = True
        raise KeyboardInterrupt
