"""What a worker tells: sent by a thread of its own, so that no node waits for a pipe or a picture.

Events that come within a moment of each other go as one message, and so do all that wait when
something comes that somebody waits for. That a node starts is written down before it does, where
the server finds it, so that a node that kills the process is known by name. Previews are drawn
here, only while somebody wants them, and of several that wait for the same node only the last;
pictures that are results are all sent.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import suppress
from functools import cached_property
from threading import Lock, Semaphore, Thread
from typing import TYPE_CHECKING

from graph.backends.telling import plain_event
from graph.backends.wire import in_words, pack, pack_words
from graph.events import Event, NodeProgress, NodeStarted, WholePicture

if TYPE_CHECKING:
    from collections.abc import Mapping
    from multiprocessing.connection import Connection

    from graph.backends.last_words import LastWords
    from graph.backends.workshop import Encoder

_AT_ONCE = 500
_MOMENT = 0.003
"""Seconds that news may wait for more of it: a short job is told in a message or two."""
_NOTED = 50
"""Events that are written down, the latest: others are on their way by then."""
_PAUSE = 0.1
"""Seconds between two previews of one node: more could not be watched, and drawing takes time."""


class _News:
    """Something that waits to be sent, and may be written down before that."""

    def __init__(self, said: Event | Mapping[str, object]) -> None:
        self.said = said
        self.picture: object = None
        """What is to be seen of a step."""

    @property
    def is_fact(self) -> bool:
        """Whether the server is to know it even of a process that died on the spot."""
        return isinstance(self.said, Event) and not isinstance(self.said, NodeProgress)

    @cached_property
    def words(self) -> str | None:
        """Its JSON, which is made once; None for what has more in it than JSON has words for."""
        return None if self.picture is not None else in_words(self.plain())

    def plain(self) -> Mapping[str, object]:
        """Return it as plain data."""
        if not isinstance(self.said, Event):
            return self.said
        plain = plain_event(self.said)
        if isinstance(self.said, NodeProgress):
            plain["preview"] = self.picture
        return plain


class Outbox:
    """Sends messages and events in the order in which they were given.

    Args:
        connection: Where to; nobody else may send there.
        words: Where the server finds what a process that died could not send any more.
        encode: Draws previews.
    """

    def __init__(self, connection: Connection, words: LastWords, encode: Encoder) -> None:
        self._connection = connection
        self._words = words
        self._writing = Lock()
        self._encode = encode
        self._waiting: deque[_News] = deque()
        self._some = Semaphore(0)
        self._sending = Lock()
        self._closed = False
        self._woken = False
        self._shown: dict[tuple[str, str], float] = {}
        self.previews = False
        self._thread = Thread(target=self._send_all, name="outbox", daemon=True)
        self._thread.start()

    def put(self, message: Event | Mapping[str, object]) -> None:
        """Send an event, or what a pack says, soon, and the rest at once."""
        self._waiting.append(_News(message))
        noted = not isinstance(message, NodeStarted) or self._note()
        if _is_urgent(message) or not noted:
            self._send_waiting(drawing=False)
        elif not self._woken:
            self._woken = True
            self._some.release()

    def close(self, seconds: float) -> None:
        """Send what waits, for so many seconds at most, and nothing after it."""
        self._closed = True
        self._some.release()
        self._thread.join(seconds)

    def _note(self) -> bool:
        """Write down what was not sent yet, a node's start last; answers whether there is room."""
        with self._writing:
            facts = [each for each in self._waiting.copy() if each.is_fact]
            return self._words.write(_packed(facts[-_NOTED:]))

    def _send_all(self) -> None:
        while not self._closed:
            self._some.acquire()
            time.sleep(_MOMENT)
            self._woken = False
            self._send_waiting(drawing=True)

    def _send_waiting(self, *, drawing: bool) -> None:
        """Send all that waits.

        Args:
            drawing: Whether there is time for previews; whoever runs nodes has none.
        """
        with self._sending:
            while self._waiting:
                count = min(len(self._waiting), _AT_ONCE)
                news = [self._waiting.popleft() for _ in range(count)]
                self._draw(news, drawing)
                # If nobody is there any more, who listens to the pipe ends the worker.
                with suppress(OSError):
                    self._connection.send_bytes(_packed(news))

    def _draw(self, news: list[_News], drawing: bool) -> None:
        """Have steps carry what is to be seen of them."""
        steps = [(one, one.said) for one in news if isinstance(one.said, NodeProgress)]
        last = {step.node_id: one for one, step in steps} if drawing else {}
        for one, step in steps:
            if isinstance(step.preview, WholePicture):
                one.picture = {"whole": step.preview.content}
            else:
                one.picture = self._drawn(step) if last.get(step.node_id) is one else None

    def _drawn(self, event: NodeProgress) -> bytes | None:
        if event.preview is None or not self.previews:
            return None
        now, about = time.monotonic(), (event.job, event.node_id)
        self._shown = {known: at for known, at in self._shown.items() if now - at < _PAUSE}
        if about in self._shown:
            return None
        self._shown[about] = now
        try:
            return self._encode(event.preview)
        except Exception:  # noqa: BLE001 - a glimpse is not worth a job, whoever draws it
            return None


def _is_urgent(message: Event | Mapping[str, object]) -> bool:
    if isinstance(message, Event):
        return False
    # What is printed may come in thousands of lines, and while previews are drawn, too.
    return message["kind"] != "said"


def _packed(news: list[_News]) -> bytes:
    """Put news into one message; what cannot be put of them is left out."""
    words = [one.words for one in news]
    known = [text for text in words if text is not None]
    if len(known) == len(words):
        return pack_words(known)
    messages = [one.plain() for one in news]
    try:
        return pack({"messages": messages})
    except Exception:  # noqa: BLE001 - whatever asking a pack's object for words comes to
        sound = [_sound(message) for message in messages]
        return pack({"messages": [message for message in sound if message is not None]})


def _sound(message: Mapping[str, object]) -> Mapping[str, object] | None:
    """What of a message can be sent: no event is lost, and nobody waits for an answer in vain."""
    if _can_be_packed(message):
        return message
    match message.get("kind"):
        case "said":
            return None
        case "reply":
            error = "the answer has something in it that cannot be sent"
            return {"kind": "reply", "number": message["number"], "error": error}
        case _:
            return {**message, "ui": None}


def _can_be_packed(message: Mapping[str, object]) -> bool:
    try:
        pack(message)
    except Exception:  # noqa: BLE001 - the same
        return False
    return True
