"""What is said to a worker, which may be busy: nobody waits for it to listen."""

from __future__ import annotations

from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING

from graph.backends.pipes import room_at

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


class Sender:
    """Sends messages in order; every method may be called from any thread.

    Args:
        connection: Where to; nobody else may send there.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._has_room = room_at(connection)
        self._waiting: SimpleQueue[bytes | None] = SimpleQueue()
        self._unsent = 0
        self._order = Lock()
        Thread(target=self._work, name="worker", daemon=True).start()

    def send(self, content: bytes) -> None:
        """Send a message if anybody is still there."""
        with self._order:
            if self._unsent or not self._has_room(len(content)):
                self._unsent += 1
                self._waiting.put(content)
            else:
                # Handing it to a thread would take longer than sending it.
                with suppress(OSError, ValueError):
                    self._connection.send_bytes(content)

    def close(self) -> None:
        """Send nothing more; after this only its own thread may still be at the connection."""
        with self._order:
            self._unsent += 1
            self._waiting.put(None)

    def _work(self) -> None:
        """Send what waits: who hangs does not read, and nobody else must wait for that."""
        while (content := self._waiting.get()) is not None:
            try:
                self._connection.send_bytes(content)
            except (OSError, ValueError, TypeError):  # TypeError: it was closed that very moment
                return
            with self._order:
                self._unsent -= 1
