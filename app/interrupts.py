"""Remembers that Ctrl-C was pressed.

Libraries that import their parts late may swallow the exception that Ctrl-C raises, or turn it into
one of their own; an error that comes after it is then no error of the workflow's, and what runs is
to stop all the same.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Self

from graph.cancel import CancelToken

if TYPE_CHECKING:
    from types import FrameType


class Interrupts:
    """Listens while it is entered. `pressed` says whether Ctrl-C was."""

    def __init__(self) -> None:
        self.pressed = False

    def __enter__(self) -> Self:
        global _latest  # noqa: PLW0603 - signals are the process's, too
        _latest = self
        self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.pressed = True
        raise KeyboardInterrupt


_latest = Interrupts()


class _Token(CancelToken):
    """Cancelled once Ctrl-C was pressed. Only a flag is read, for a signal may come at any time."""

    @property
    def cancelled(self) -> bool:
        """Whether to stop."""
        return _latest.pressed or super().cancelled


def token() -> CancelToken:
    """Return a token for what is to stop where the exception of Ctrl-C was swallowed."""
    return _Token()
