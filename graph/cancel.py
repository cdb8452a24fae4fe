"""A wish to stop, which any thread may utter and the running job hears at its next step."""

from __future__ import annotations

from threading import Event

from graph.errors import Cancelled


class CancelToken:
    """Handed to a run; `cancel` may be called at any time, from anywhere."""

    def __init__(self) -> None:
        self._event = Event()

    @property
    def cancelled(self) -> bool:
        """Whether the wish was uttered."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Utter it."""
        self._event.set()

    def check(self) -> None:
        """Raise if it was uttered.

        Raises:
            Cancelled: It was.
        """
        if self._event.is_set():
            raise Cancelled
