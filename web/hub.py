"""Takes what happens from the bus and hands it to the clients that it is for.

Events are put into words once, however many clients there are, and only those are woken whom it
concerns. A client that was away is told what it missed before anything new.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from graph.events import NodeProgress, NodeStarted, WholePicture
from graph.jobs.bus import MissedEventsError
from graph.jobs.listening import Listeners
from graph.jobs.queue_events import QueueChanged
from web.frames import TextFrame, preview_of
from web.messages import Clients, Message, status_data
from web.pack_words import PackWords
from web.progress_board import OVER, PAUSE, ProgressBoard
from web.translator import Translator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from graph.events import Event
    from graph.jobs.bus import Bus, Told
    from web.outlet import Frame, Outlet


_MOMENT = 0.005
"""Seconds between two looks for news, in which others have their turn. What comes after a pause is
told at once all the same."""


class Hub:
    """Between the bus and the clients; made in the event loop that it works in.

    Args:
        bus: What happens.
        remaining: Answers how many jobs wait or run.
        on_watchers: Told whether anybody can see previews.
    """

    def __init__(
        self, bus: Bus, remaining: Callable[[], int], on_watchers: Callable[[bool], None]
    ) -> None:
        self._bus = bus
        self._remaining = remaining
        self._on_watchers = on_watchers
        self._clients = Clients()
        self._translator = Translator(self._clients)
        self._board = ProgressBoard()
        self._listeners = Listeners(bus)
        self._listener = self._listeners.listen()
        self._outlets: set[Outlet] = set()
        self._named: dict[str, Outlet] = {}
        self._packs = PackWords(self._clients, self._route, self.send)

    @property
    def count(self) -> int:
        """How many clients there are."""
        return len(self._outlets)

    async def work(self) -> None:
        """Hand out what happens, until the bus is closed."""
        while await self._step():
            # What comes within a moment is handed out together: looking costs most of it.
            await asyncio.sleep(_MOMENT)
        self.close()

    def close(self) -> None:
        """Let all clients go once they have what waits for them."""
        self._listeners.close()
        for outlet in [*self._outlets]:
            outlet.close()

    def join(self, outlet: Outlet, since: int | None = None) -> None:
        """Let a client hear what happens from now on, and what it missed.

        Args:
            outlet: The client; it takes the place of another one of the same id.
            since: The number of the last event that it knows; None if it asks for no numbers.
        """
        first = status_data(self._remaining(), outlet.client)
        outlet.offer(TextFrame(Message("status", first, outlet.client), self._now))
        if since is not None:
            self._catch_up(outlet, since)
        node = self._translator.current(outlet.client)
        if node is not None:
            message = Message("executing", {"node": node}, outlet.client)
            outlet.offer(TextFrame(message, self._now))
        for job_id, state in self._board.states():
            if self._clients.of(job_id) == outlet.client:
                message = Message("progress_state", state, outlet.client)
                outlet.offer(TextFrame(message, self._now))
        self._outlets.add(outlet)
        self._named[outlet.client] = outlet
        if outlet.pictures:
            self._on_watchers(True)

    def show_pictures(self, outlet: Outlet) -> None:
        """Send a client previews, too, which it can read as it says."""
        outlet.pictures = True
        self._on_watchers(True)

    def leave(self, outlet: Outlet) -> None:
        """Let a client go."""
        self._outlets.discard(outlet)
        if self._named.get(outlet.client) is outlet:
            del self._named[outlet.client]
        if not any(other.pictures for other in self._outlets):
            self._on_watchers(False)

    def knows(self, client: str) -> bool:
        """Whether a client is here."""
        return client in self._named

    def send(self, client: str | None, message: Message) -> None:
        """Send a client, or all of them, something that no event tells."""
        self._route(TextFrame(message, self._now), client)

    def pass_on(self, type_: str, data: object, client: str | None) -> None:
        """Send on what a node pack says; see `PackWords.pass_on`."""
        self._packs.pass_on(type_, data, client)

    @property
    def _now(self) -> int:
        return self._listener.since

    async def _step(self) -> bool:
        """Hand out what happened meanwhile; answers whether more will come."""
        told: list[Told] = []
        try:
            async with asyncio.timeout(PAUSE if self._board.waiting else None):
                told = await self._listener.take()
        except TimeoutError:
            pass
        except MissedEventsError:
            return True  # the clients that ask for numbers will find out by themselves
        else:
            if not told:
                return False
        now = asyncio.get_running_loop().time()
        for one in _newest(told):
            self._hand_out(one, now)
        self._tell_states(self._board.due(now), self._now)
        return True

    def _hand_out(self, told: Told, now: float) -> None:
        event = told.event
        state = self._board.hear(event, now)
        frames = _frames(self._translator, event, told.number)
        # ComfyUI tells the state before it says that a node runs, or that the job is over.
        before = len(frames) - 1 if isinstance(event, NodeStarted) else len(frames)
        if isinstance(event, OVER):
            before = 0
        for frame in frames[:before]:
            self._route(frame, frame.message.client)
        if state is not None:
            # Numbers never fall, and no client counts as knowing what it has still to be told.
            more = before < len(frames) or not frames
            self._tell_states([(event.job, state)], told.number - more)
        for frame in frames[before:]:
            self._route(frame, frame.message.client)
        if isinstance(event, NodeProgress):
            client = self._clients.of(event.job)
            match event.preview if client in self._named else None:
                case WholePicture(content):
                    self._route(preview_of(event, content, whole=True), client)
                case bytes(content):
                    self._route(preview_of(event, content), client)

    def _tell_states(self, states: Iterable[tuple[str, dict[str, object]]], number: int) -> None:
        for job_id, state in states:
            client = self._clients.of(job_id)
            if client in self._named:
                message = Message("progress_state", state, client)
                self._route(TextFrame(message, number), client)

    def _route(self, frame: Frame, client: str | None) -> None:
        if client is None:
            for outlet in self._outlets:
                outlet.offer(frame)
        elif client in self._named:
            self._named[client].offer(frame)

    def _catch_up(self, outlet: Outlet, since: int) -> None:
        """Offer what a client missed, up to where the others are."""
        try:
            missed = self._bus.read(since)
        except MissedEventsError:
            # It has to ask for the queue and the history anew; from here on it misses nothing.
            message = Message("events_missed", {"resume": self._now}, outlet.client, own=True)
            outlet.offer(TextFrame(message, self._now))
            return
        translator = Translator(self._clients)
        for told in missed:
            if told.number > self._now:
                break
            for frame in _frames(translator, told.event, told.number):
                if frame.message.client in (None, outlet.client):
                    outlet.offer(frame)


HUB: web.AppKey[Hub] = web.AppKey("HUB", Hub)


def _newest(told: list[Told]) -> list[Told]:
    """Leave out how long the queue was in between: of what comes together, the last is true."""
    states = [one.number for one in told if isinstance(one.event, QueueChanged)]
    if len(states) < 2:
        return told
    return [
        one for one in told if one.number == states[-1] or not isinstance(one.event, QueueChanged)
    ]


def _frames(translator: Translator, event: Event, number: int) -> list[TextFrame]:
    """Put an event into words. Only with the last of them is a client done with its number."""
    messages = translator.hear(event)
    last = len(messages) - 1
    return [
        TextFrame(message, number if index == last else number - 1)
        for index, message in enumerate(messages)
    ]
