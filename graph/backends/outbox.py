"""What a worker tells: sent by a thread of its own, so that no node waits for a pipe or a picture.

Many events that wait go as one message. Previews are drawn here, only while somebody wants them,
and of several that wait for the same node only the last.
"""

from __future__ import annotations

import time
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from graph.backends.telling import plain_event
from graph.backends.wire import pack
from graph.events import Event, NodeProgress

if TYPE_CHECKING:
    from collections.abc import Mapping
    from multiprocessing.connection import Connection

    from graph.backends.workshop import Encoder

_AT_ONCE = 500
_PAUSE = 0.1
"""Seconds between two previews of one node: more could not be watched, and drawing takes time."""


class Outbox:
    """Sends messages and events in the order in which they were given.

    Args:
        connection: Where to; nobody else may send there.
        encode: Draws previews.
    """

    def __init__(self, connection: Connection, encode: Encoder) -> None:
        self._connection = connection
        self._encode = encode
        self._waiting: SimpleQueue[Event | Mapping[str, object] | None] = SimpleQueue()
        self._shown: dict[str, float] = {}
        self.previews = False
        self._thread = Thread(target=self._send_all, name="outbox", daemon=True)
        self._thread.start()

    def put(self, message: Event | Mapping[str, object]) -> None:
        """Send something soon; never waits."""
        self._waiting.put(message)

    def close(self, seconds: float) -> None:
        """Send what waits, for so many seconds at most, and nothing after it."""
        self._waiting.put(None)
        self._thread.join(seconds)

    def _send_all(self) -> None:
        while True:
            batch = self._batch()
            done = batch[-1] is None
            try:
                self._send([message for message in batch if message is not None])
            except OSError:
                return  # nobody is there any more; whoever listens to the pipe ends the worker
            if done:
                return

    def _batch(self) -> list[Event | Mapping[str, object] | None]:
        """What waits, one thing at least; None is the last of all."""
        batch = [self._waiting.get()]
        while batch[-1] is not None and len(batch) < _AT_ONCE:
            try:
                batch.append(self._waiting.get_nowait())
            except Empty:
                break
        return batch

    def _send(self, messages: list[Event | Mapping[str, object]]) -> None:
        last = {
            message.node_id: place
            for place, message in enumerate(messages)
            if isinstance(message, NodeProgress)
        }
        plain = [
            self._plain(message, drawn=place in last.values())
            if isinstance(message, Event)
            else message
            for place, message in enumerate(messages)
        ]
        if plain:
            self._connection.send_bytes(_packed(plain))

    def _plain(self, event: Event, *, drawn: bool) -> Mapping[str, object]:
        plain = plain_event(event)
        if isinstance(event, NodeProgress):
            plain["preview"] = self._drawn(event) if drawn else None
        return plain

    def _drawn(self, event: NodeProgress) -> bytes | None:
        now = time.monotonic()
        if event.preview is None or not self.previews:
            return None
        if now - self._shown.get(event.node_id, -_PAUSE) < _PAUSE:
            return None
        self._shown = {event.node_id: now}
        try:
            return self._encode(event.preview)
        except Exception:  # noqa: BLE001 - a glimpse is not worth a job, whoever draws it
            return None


def _packed(messages: list[Mapping[str, object]]) -> bytes:
    """Put messages into one; what a node says of itself that cannot be put is left out."""
    try:
        return pack({"messages": messages})
    except (ValueError, TypeError, RecursionError):
        return pack({"messages": [_sound(message) for message in messages]})


def _sound(message: Mapping[str, object]) -> Mapping[str, object]:
    try:
        pack(message)
    except (ValueError, TypeError, RecursionError):
        return {**message, "ui": None}
    return message
