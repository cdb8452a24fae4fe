"""A server's end of one worker process: started once, and gone once it is gone."""

from __future__ import annotations

import math
import multiprocessing
import signal
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, TypeAlias

from graph.backends.entry import work
from graph.backends.last_words import LastWords
from graph.backends.pipes import news_at
from graph.backends.questions import Questions
from graph.backends.sending import Sender
from graph.backends.telling import plain_request, read_event, read_outcome
from graph.backends.wire import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graph.backends.protocol import JobRequest, Outcome
    from graph.backends.workshop import Factory, Say
    from graph.events import Event as Told

_DYING = 5.0
_SLOW = 200
"""Events that may wait for a slow listener before previews, which take memory, are left out."""
_LOOK = 1.0
"""Seconds between two looks whether a worker that says nothing is alive."""


def _nobody(_type: str, _data: object, _client: str | None) -> None:
    """Stands where nobody listens."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The worker gives a job back that it has not begun, as it was asked to."""

    job: str


Inbox: TypeAlias = "SimpleQueue[Told | Outcome | Returned | None]"
"""What is told of a job, how it ended, then of the next one; None where the worker ended."""


class WorkerLink:
    """Starts a worker and passes on what it says. Its reading thread never waits for anybody.

    Args:
        factory: Makes the worker's workshop.
        arguments: What the factory is given.
        on_said: Told what the worker has to say to clients; must not block.
    """

    def __init__(
        self, factory: Factory, arguments: tuple[object, ...], on_said: Say = _nobody
    ) -> None:
        self._on_said = on_said
        self.settled = Event()
        """Set when the worker is ready, unfit, or gone."""
        self.gone = Event()
        self.about: Mapping[str, Any] | None = None
        self.unfit = ""
        self._leaving = False
        self.inbox: Inbox = SimpleQueue()
        self.questions = Questions(self.send, lambda: self.fate)
        self._previews = False
        # Forking a process with threads and CUDA in it ends badly.
        spawning = multiprocessing.get_context("spawn")
        self._connection, theirs = spawning.Pipe()
        self._sender = Sender(self._connection)
        self._words = LastWords(spawning)
        # The number of the last event that was heard of each job that has not ended.
        self._heard: dict[str, int] = {}
        given = (theirs, self._words, factory, arguments)
        self._process = spawning.Process(target=work, args=given)
        with _without_ctrl_c():
            self._process.start()
        theirs.close()
        Thread(target=self._read, name="worker", daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether it can be given work."""
        return self.about is not None and not (self._leaving or self.gone.is_set())

    @property
    def pid(self) -> int | None:
        """The process's id."""
        return self._process.pid

    @property
    def fate(self) -> str:
        """What became of a worker that is gone, in words."""
        code = self._process.exitcode
        if code is not None and code < 0:
            remark = ", for want of memory perhaps" if code == -9 else ""
            return f"it was ended by signal {-code}{remark}"
        return f"it ended with code {code}"

    def run(self, request: JobRequest) -> None:
        """Have a job run, once those before it have ended; the inbox tells of it.

        Raises:
            ValueError: The request cannot be said in JSON.
        """
        message = pack({"kind": "run", "request": plain_request(request)})
        if not self._heard:
            self._words.write(b"")  # about jobs that have ended, of which one may have had this id
        self._heard[request.id] = -1
        self._sender.send(message)

    def recall(self, job_id: str) -> None:
        """Have a job given back if it has not begun; the inbox tells if it was."""
        self.send({"kind": "recall", "job": job_id})

    def send(self, message: Mapping[str, object]) -> None:
        """Say something to the worker, if it is still there; never waits.

        Raises:
            ValueError: It cannot be said in JSON.
        """
        self._sender.send(pack(message))

    def want_previews(self, wanted: bool) -> None:
        """Say whether anybody looks at previews, if that is news."""
        if wanted != self._previews:
            self._previews = wanted
            self.send({"kind": "previews", "wanted": wanted})

    def kill(self) -> None:
        """End the process at once."""
        with suppress(OSError, ValueError):
            self._process.kill()
        self.gone.wait(_DYING)

    def close(self, seconds: float) -> None:
        """Have the worker leave its job and end; kill it after so many seconds."""
        self.send({"kind": "stop"})
        if not self.gone.wait(seconds):
            self.kill()

    def _read(self) -> None:
        # A process that the worker left behind may hold the pipe open beyond its end.
        with suppress(EOFError, OSError, ValueError, KeyError):
            news = news_at(self._connection)
            while True:
                if news(_LOOK):
                    for message in unpack(self._connection.recv_bytes())["messages"]:
                        self._take(message)
                elif self._process.exitcode is not None:
                    break
        self._end()

    def _take(self, message: dict[str, Any]) -> None:
        match message.pop("kind", "event"):
            case "event":
                self._take_event(message)
            case "ended":
                self._heard.pop(message.pop("job"), None)
                self.inbox.put(read_outcome(message))
            case "returned":
                self._heard.pop(message["job"], None)
                self.inbox.put(Returned(message["job"]))
            case "reply":
                self.questions.answer(message)
            case "ready":
                self.about = message["about"]
                self.settled.set()
            case "said":
                self._on_said(str(message["type"]), message["data"], message["client"])
            case "leaving":
                self._leaving = True
            case "unfit":
                self.unfit = message["sentence"]

    def _take_event(self, message: dict[str, Any]) -> None:
        if isinstance(message.get("preview"), bytes) and self.inbox.qsize() > _SLOW:
            message["preview"] = None
        event = read_event(message)
        if event.job in self._heard:
            self._heard[event.job] = event.number
        self.inbox.put(event)

    def _end(self) -> None:
        """The pipe ended, or something came out of it that is no message."""
        self._process.join(_DYING)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._hear_last_words()
        self._sender.close()
        self._connection.close()
        self.gone.set()
        self.settled.set()
        self.inbox.put(None)
        self.questions.give_up()

    def _hear_last_words(self) -> None:
        """Hear what was not sent any more of the jobs that had not ended."""
        with suppress(ValueError, KeyError, TypeError):
            for message in unpack(self._words.read())["messages"]:
                if message["number"] > self._heard.get(message["job"], math.inf):
                    self._take(message)


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Have processes that are started here deaf to Ctrl-C until they say what they do about it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
