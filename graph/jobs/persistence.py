"""Writes what must be written, however long the database refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.jobs.errors import JobsError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event as Flag


class Persistence:
    """Tries again and again.

    Args:
        stop: Set when there is no more time.
        warn: Told in one sentence what the user should know.
        pause: Seconds between two attempts.
    """

    def __init__(self, stop: Flag, warn: Callable[[str], None], pause: float) -> None:
        self._stop = stop
        self._warn = warn
        self._pause = pause
        self._warned = ""

    def insist(self, write: Callable[[], object]) -> None:
        """Write until it is written, or until there is no more time for it.

        In that case the job still runs as far as the database knows, and starts anew next time.
        """
        while True:
            try:
                write()
            except StoreError as error:
                self.trouble(error)
                if self._stop.is_set():
                    return
            except JobsError as error:
                self._warn(str(error))
                return
            else:
                self.relief()
                return

    def trouble(self, error: StoreError) -> None:
        """Tell of trouble with the database, once while it lasts, and wait a moment."""
        if str(error) != self._warned:
            self._warned = str(error)
            self._warn(f"{error} (the queue waits until then)")
        self._stop.wait(self._pause)

    def relief(self) -> None:
        """Note that the database can be written again, so that the next trouble is told."""
        self._warned = ""
