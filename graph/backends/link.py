"""A server's end of one worker process: started once, and gone once it is gone."""

from __future__ import annotations

import math
import multiprocessing
import select
import signal
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, TypeAlias

from graph.backends.entry import work
from graph.backends.last_words import LastWords
from graph.backends.telling import plain_request, read_event, read_outcome
from graph.backends.wire import pack, unpack
from graph.errors import GraphError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graph.backends.protocol import JobRequest, Outcome
    from graph.backends.workshop import Factory, Say
    from graph.events import Event as Told

_DYING = 5.0
_SMALL = 2**16
"""Bytes of a message that a pipe has room for when it has any."""
_SLOW = 200
"""Events that may wait for a slow listener before previews, which take memory, are left out."""
_LOOK = 1.0
"""Seconds between two looks whether a worker that says nothing is alive."""


def _nobody(_type: str, _data: object, _client: str | None) -> None:
    """Stands where nobody listens."""


class WorkerGoneError(GraphError):
    """There is no worker to answer, or it died meanwhile."""


class AskError(GraphError):
    """The worker cannot answer a question; the sentence says why."""


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
        self._replies: dict[int, SimpleQueue[Mapping[str, Any]]] = {}
        self._numbers = count()
        self._waiting: SimpleQueue[bytes | None] = SimpleQueue()
        self._unsent = 0
        self._order = Lock()
        self._previews = False
        # Forking a process with threads and CUDA in it ends badly.
        spawning = multiprocessing.get_context("spawn")
        self._connection, theirs = spawning.Pipe()
        self._words = LastWords(spawning)
        # The number of the last event that was heard of each job that has not ended.
        self._heard: dict[str, int] = {}
        given = (theirs, self._words, factory, arguments)
        self._process = spawning.Process(target=work, args=given)
        with _without_ctrl_c():
            self._process.start()
        theirs.close()
        for task in (self._read, self._write):
            Thread(target=task, name="worker", daemon=True).start()

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
        self._send(message)

    def recall(self, job_id: str) -> None:
        """Have a job given back if it has not begun; the inbox tells if it was."""
        self.send({"kind": "recall", "job": job_id})

    def send(self, message: Mapping[str, object]) -> None:
        """Say something to the worker, if it is still there; never waits.

        Raises:
            ValueError: It cannot be said in JSON.
        """
        self._send(pack(message))

    def _send(self, content: bytes) -> None:
        with self._order:
            if self._unsent or not self._has_room(len(content)):
                self._unsent += 1
                self._waiting.put(content)
            else:
                # Handing it to a thread would take longer than sending it.
                with suppress(OSError, ValueError):
                    self._connection.send_bytes(content)

    def want_previews(self, wanted: bool) -> None:
        """Say whether anybody looks at previews, if that is news."""
        if wanted != self._previews:
            self._previews = wanted
            self.send({"kind": "previews", "wanted": wanted})

    def ask(self, name: str, payload: object, seconds: float) -> Any:  # noqa: ANN401 - plain data
        """Ask a question that is no job, and wait for the answer; from any thread.

        Raises:
            WorkerGoneError: The worker is gone, or was before it answered.
            AskError: It answered that it cannot, or not in time.
        """
        number = next(self._numbers)
        answer: SimpleQueue[Mapping[str, Any]] = SimpleQueue()
        self._replies[number] = answer
        try:
            self.send({"kind": "ask", "number": number, "name": name, "payload": payload})
            return self._answered(answer, name, seconds)
        finally:
            del self._replies[number]

    def _answered(
        self, answer: SimpleQueue[Mapping[str, Any]], name: str, seconds: float
    ) -> object:
        if self.gone.is_set():
            answer.put({"gone": True})
        try:
            reply = answer.get(timeout=seconds)
        except Empty as error:
            raise AskError(f"the worker did not answer '{name}' in {seconds:g} seconds") from error
        if "gone" in reply:
            raise WorkerGoneError(f"the worker is gone: {self.fate}")
        if "error" in reply:
            raise AskError(str(reply["error"]))
        return reply["value"]

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

    def _write(self) -> None:
        """Send what waits: who hangs does not read, and nobody else must wait for that."""
        while (content := self._waiting.get()) is not None:
            try:
                self._connection.send_bytes(content)
            except (OSError, ValueError):
                return
            with self._order:
                self._unsent -= 1

    def _has_room(self, size: int) -> bool:
        """Whether so many bytes can be sent now without waiting for anybody, for certain."""
        if sys.platform != "linux" or size > _SMALL:
            return False
        # There, a socket counts as writable while at most a quarter of its 200 KB are taken.
        looking = select.poll()
        try:
            looking.register(self._connection.fileno(), select.POLLOUT)
        except (OSError, ValueError):
            return False
        return any(event & select.POLLOUT for _, event in looking.poll(0))

    def _read(self) -> None:
        # A process that the worker left behind may hold the pipe open beyond its end.
        with suppress(EOFError, OSError, ValueError, KeyError):
            while True:
                if self._connection.poll(_LOOK):
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
            case "reply" if asked := self._replies.get(message["number"]):
                asked.put(message)
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
        self._waiting.put(None)
        self._connection.close()
        self.gone.set()
        self.settled.set()
        self.inbox.put(None)
        for asked in list(self._replies.values()):
            asked.put({"gone": True})

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
