"""Tells new lines of the log to the clients that want to hear of them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from web.messages import Message
from web.system_routes import terminal

if TYPE_CHECKING:
    from web.hub import Hub
    from web.log_book import LogBook

_PAUSE = 0.2
"""Seconds between two messages: a log that runs away must not take the sockets with it."""


class LogTeller:
    """Between the log and the hub; made in the event loop that it works in.

    Args:
        book: The log.
        hub: Knows the clients.
    """

    def __init__(self, book: LogBook, hub: Hub) -> None:
        self._book = book
        self._hub = hub
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._count, _ = book.since(0)
        book.attach(self._ring)

    async def work(self) -> None:
        """Tell new lines until this is cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            self._count, entries = self._book.since(self._count)
            for client in list(self._book.listeners):
                if not self._hub.knows(client):
                    self._book.listeners.discard(client)
                elif entries:
                    facts = {"entries": entries, "size": terminal()}
                    self._hub.send(client, Message("logs", facts, client))
            await asyncio.sleep(_PAUSE)

    def _ring(self) -> None:
        with suppress(RuntimeError):  # the loop is closed, and nobody listens any more
            self._loop.call_soon_threadsafe(self._news.set)
