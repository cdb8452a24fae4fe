"""Two ways to listen to the bus: from a thread that waits, and from an event loop."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeAlias

from graph.jobs.bus import MissedEventsError, Told

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.events import Event
    from graph.jobs.bus import Bus

    Wants: TypeAlias = Callable[[Event], bool]

_AT_ONCE: Final = 500
"""Events that are handed over together at most."""


class _Position:
    """Where in the log somebody is.

    Args:
        bus: What is listened to.
        since: The number of the last event that is known already; that of the last one there is,
            by default.
        wants: Answers which events are wanted; all by default.
    """

    def __init__(self, bus: Bus, since: int | None = None, wants: Wants | None = None) -> None:
        self._bus = bus
        self.since = bus.latest if since is None else since
        """The number of the last event that was handed over, or was not wanted."""
        self._wants = wants

    def _read(self) -> list[Told]:
        """Return what is wanted of what came meanwhile; go on after it, or after a gap."""
        found: list[Told] = []
        while not found and self.since != self._bus.latest:
            with self._bus.news:
                try:
                    came = self._bus.read(self.since, _AT_ONCE)
                except MissedEventsError as error:
                    self.since = error.resume
                    raise
                # Progress that is kept no more counts as read.
                self.since = came[-1].number if came else self._bus.latest
            found = [told for told in came if self._wants is None or self._wants(told.event)]
        return found


class Subscription(_Position):
    """For a thread that waits for events."""

    def take(self, seconds: float | None = None) -> list[Told]:
        """Return the next events, waiting for some; none if time is over or the bus is closed.

        Raises:
            MissedEventsError: This was too slow; what comes next comes after the gap.
        """
        found: list[Told] = []

        def ready() -> bool:
            found.extend(self._read())
            return bool(found) or self._bus.closed

        with self._bus.news:
            self._bus.news.wait_for(ready, seconds)
        return found


class Listener(_Position):
    """For a task of an event loop; made by `Listeners`.

    Args:
        bus: What is listened to.
        since: As above.
        wants: As above.
        ready: Called before it looks for news: from then on it is to be told of more.
    """

    def __init__(
        self, bus: Bus, since: int | None, wants: Wants | None, ready: Callable[[], None]
    ) -> None:
        super().__init__(bus, since, wants)
        self.news = asyncio.Event()
        self._ready = ready

    async def take(self) -> list[Told]:
        """Return the next events, waiting for some; none if the bus is closed.

        Raises:
            MissedEventsError: This was too slow; what comes next comes after the gap.
        """
        while True:
            self._ready()
            self.news.clear()
            found = self._read()
            if found or self._bus.closed:
                return found
            await self.news.wait()


class Listeners:
    """Those who listen in the event loop that is running when this is made.

    They share a bell, so that publishing costs the same however many they are.

    Args:
        bus: What is listened to.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._loop = asyncio.get_running_loop()
        self._listeners: set[Listener] = set()
        self._rung = False
        bus.attach(self._ring)

    def listen(self, since: int | None = None, wants: Wants | None = None) -> Listener:
        """Return one more listener.

        Args:
            since: The number of the last event that is known already; that of the last one there
                is, by default.
            wants: Answers which events are wanted; all by default.
        """
        listener = Listener(self._bus, since, wants, self._expect)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Let a listener go."""
        self._listeners.discard(listener)

    def close(self) -> None:
        """Listen no more."""
        self._bus.detach(self._ring)

    def _expect(self) -> None:
        """Somebody looks for news, and will wait if there is none."""
        self._rung = False

    def _ring(self) -> None:
        """Called by whoever publishes, in any thread; once is enough until somebody looks."""
        if not self._rung:
            self._rung = True
            with suppress(RuntimeError):  # the loop is closed, and nobody waits any more
                self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for listener in self._listeners:
            listener.news.set()
