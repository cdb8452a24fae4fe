"""A wish to stop, which any thread may utter and the running job hears at its next step."""

from __future__ import annotations

from threading import Event, Lock
from typing import TYPE_CHECKING

from graph.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable


class CancelToken:
    """Handed to a run; `cancel` may be called at any time, from anywhere."""

    def __init__(self) -> None:
        self._event = Event()
        self._lock = Lock()
        self._listeners: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether the wish was uttered."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Utter it."""
        with self._lock:
            self._event.set()
            listeners = [*self._listeners]
        for listener in listeners:
            listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Have somebody called when it is uttered, by whoever utters it; at once if it was."""
        with self._lock:
            self._listeners.append(listener)
            uttered = self._event.is_set()
        if uttered:
            listener()

    def forget(self, listener: Callable[[], None]) -> None:
        """Call somebody no more."""
        with self._lock:
            self._listeners.remove(listener)

    def check(self) -> None:
        """Raise if it was uttered.

        Raises:
            Cancelled: It was.
        """
        if self.cancelled:
            raise Cancelled
