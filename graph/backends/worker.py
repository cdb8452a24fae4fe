"""What runs in a worker's process: it listens to a pipe, runs one job at a time, answers questions.

The main thread listens, so that a signal is heard while a job runs in another. Ctrl-C is for the
server; SIGTERM, and the end of the pipe, which is the server's end, however it came, have the job
stop within a step with its journal left behind, and the process end within seconds.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, NoReturn

from graph.backends.outbox import Outbox
from graph.backends.performing import perform
from graph.backends.protocol import CancelledOutcome, Crashed, JobRequest
from graph.backends.telling import plain_outcome, read
from graph.backends.wire import pack, unpack
from graph.calls import sentence
from graph.cancel import CancelToken
from graph.events import JobCancelled

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from types import FrameType

    from graph import events
    from graph.backends.last_words import LastWords
    from graph.backends.protocol import Outcome
    from graph.backends.workshop import Factory, Workshop

_LEAVE = 4.0
"""Seconds that a job has to stop before the process ends all the same."""


class _Told(BaseException):
    """SIGTERM came."""


def work(
    connection: Connection, words: LastWords, factory: Factory, arguments: tuple[object, ...]
) -> None:
    """Be a worker until the pipe ends; the first thing that a worker's process does.

    Args:
        connection: To the server.
        words: What the server knows even of a process that died at once.
        factory: Makes the workshop.
        arguments: What the factory is given.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        # It was held back until now, so that Ctrl-C does not break off the start.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    faulthandler.enable()  # a crash in a library says where it was
    try:
        workshop = factory(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever it is, the server is to hear of it
        connection.send_bytes(pack({"messages": [{"kind": "unfit", "sentence": sentence(error)}]}))
        return
    Worker(connection, words, workshop).serve()


class Worker:
    """Serves one pipe with one workshop."""

    def __init__(self, connection: Connection, words: LastWords, workshop: Workshop) -> None:
        self._connection = connection
        self._shop = workshop
        self._out = Outbox(connection, words, workshop.encode_preview)
        self._jobs: SimpleQueue[tuple[JobRequest, CancelToken]] = SimpleQueue()
        # Of the job that runs and of those that were handed over.
        self._cancel: dict[str, CancelToken] = {}
        self._job = ""
        self._beginning = Lock()
        self._leaving = False
        self._idle = Event()
        self._idle.set()
        self._asked = ThreadPoolExecutor(4, thread_name_prefix="ask")

    def serve(self) -> NoReturn:
        """Listen until the pipe ends or a signal comes, and end the process."""
        try:
            signal.signal(signal.SIGTERM, _on_sigterm)
            Thread(target=self._run_jobs, name="jobs", daemon=True).start()
            self._out.put({"kind": "ready", "about": self._shop.about})
            self._shop.connect(self._say)
            while True:
                self._take(unpack(self._connection.recv_bytes()))
        except (EOFError, OSError, _Told):
            self._leave()

    def _take(self, message: dict[str, Any]) -> None:
        match message["kind"]:
            case "run":
                request = read(JobRequest, message["request"])
                # From here on the job can be cancelled, though it may not have begun.
                token = self._cancel[request.id] = CancelToken()
                self._jobs.put((request, token))
            case "cancel" if known := self._cancel.get(message["job"]):
                known.cancel()
            case "recall":
                self._give_back(message["job"])
            case "previews":
                self._out.previews = bool(message["wanted"])
            case "ask":
                self._asked.submit(self._answer, message)
            case "stop":
                raise EOFError

    def _run_jobs(self) -> None:
        # Before the first job and not beside it: libraries whose modules import each other in
        # circles break when two threads import them at once.
        self._warm_up()
        while True:
            request, cancel = self._jobs.get()
            if not self._begin(request.id, cancel):
                continue
            outcome = perform(self._shop.engine, request, cancel, self._tell)
            self._out.put(
                {"kind": "ended", "job": request.id, **plain_outcome(self._seen(outcome))}
            )
            self._end(request.id, cancel)

    def _begin(self, job_id: str, token: CancelToken) -> bool:
        """Begin a job; answers False if it was given back, or is to wait for another worker."""
        with self._beginning:
            if self._leaving or self._cancel.get(job_id) is not token:
                return False
            self._job = job_id
            self._idle.clear()
        return True

    def _end(self, job_id: str, token: CancelToken) -> None:
        with self._beginning:
            self._job = ""
            # Whoever heard of its end may have sent it once more.
            if self._cancel.get(job_id) is token:
                del self._cancel[job_id]
            self._idle.set()

    def _give_back(self, job_id: str) -> None:
        with self._beginning:
            if job_id == self._job or self._cancel.pop(job_id, None) is None:
                return
        self._out.put({"kind": "returned", "job": job_id})

    def _say(self, type_: str, data: object, client: str | None) -> None:
        self._out.put({"kind": "said", "type": type_, "data": data, "client": client})

    def _tell(self, event: events.Event) -> None:
        # A job that is to go on later was not cancelled, whatever the engine thinks.
        if not (self._leaving and isinstance(event, JobCancelled)):
            self._out.put(event)

    def _seen(self, outcome: Outcome) -> Outcome:
        if self._leaving and isinstance(outcome, CancelledOutcome):
            return Crashed(outcome.node_id, "the worker was told to stop; the job goes on later")
        return outcome

    def _answer(self, message: dict[str, Any]) -> None:
        handler = self._shop.handlers.get(message["name"])
        if handler is None:
            unknown = f"the worker knows no question '{message['name']}'"
            self._reply(message["number"], error=unknown)
            return
        try:
            answer = handler(message["payload"])
        except Exception as error:  # noqa: BLE001 - the asker is to hear of it
            self._reply(message["number"], error=sentence(error))
            return
        if isinstance(answer, Future):
            answer.add_done_callback(partial(self._reply_later, message["number"]))
        else:
            self._reply(message["number"], value=answer)

    def _reply_later(self, number: int, answer: Future[object]) -> None:
        error = answer.exception()
        if error is not None:
            self._reply(number, error=sentence(error))
        else:
            self._reply(number, value=answer.result())

    def _reply(self, number: int, **said: object) -> None:
        self._out.put({"kind": "reply", "number": number, **said})

    def _warm_up(self) -> None:
        with suppress(Exception):  # a job that needs the same will say what is wrong
            self._shop.warm_up()

    def _leave(self) -> NoReturn:
        """Stop the job, which leaves its journal, and end the process, hung threads and all."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with self._beginning:
            self._leaving = True
            token = self._cancel.get(self._job)
        self._out.put({"kind": "leaving"})
        if token is not None:
            token.cancel()
        stopped = self._idle.wait(_LEAVE)
        self._out.close(0.5)
        if stopped:
            with suppress(Exception):  # nothing that goes wrong now is worth staying for
                self._shop.close()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(0)


def _on_sigterm(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _Told
