"""Questions to a worker that are no jobs, and those who wait for the answers."""

from __future__ import annotations

from itertools import count
from queue import Empty, SimpleQueue
from threading import Event
from typing import TYPE_CHECKING, Any

from graph.errors import GraphError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class WorkerGoneError(GraphError):
    """There is no worker to answer, or it died meanwhile."""


class AskError(GraphError):
    """The worker cannot answer a question; the sentence says why."""


class Questions:
    """What one worker was asked and has not answered. Every method may be called from any thread.

    Args:
        send: Says something to the worker.
        fate: Says what became of it once it is gone.
    """

    def __init__(
        self, send: Callable[[Mapping[str, object]], None], fate: Callable[[], str]
    ) -> None:
        self._send = send
        self._fate = fate
        self._gone = Event()
        self._numbers = count()
        self._waiting: dict[int, SimpleQueue[Mapping[str, Any] | None]] = {}

    def ask(self, name: str, payload: object, seconds: float) -> Any:  # noqa: ANN401 - plain data
        """Ask, and wait for the answer.

        Raises:
            WorkerGoneError: The worker is gone, or was before it answered.
            AskError: It answered that it cannot, or not in time.
        """
        number = next(self._numbers)
        answer: SimpleQueue[Mapping[str, Any] | None] = SimpleQueue()
        self._waiting[number] = answer
        try:
            self._send({"kind": "ask", "number": number, "name": name, "payload": payload})
            if self._gone.is_set():
                answer.put(None)
            reply = answer.get(timeout=seconds)
        except Empty as error:
            raise AskError(f"the worker did not answer '{name}' in {seconds:g} seconds") from error
        finally:
            del self._waiting[number]
        if reply is None:
            raise WorkerGoneError(f"the worker is gone: {self._fate()}")
        if "error" in reply:
            raise AskError(str(reply["error"]))
        return reply["value"]

    def answer(self, reply: Mapping[str, Any]) -> None:
        """Hand an answer to whoever asked, who may be tired of waiting."""
        asked = self._waiting.get(reply["number"])
        if asked is not None:
            asked.put(reply)

    def give_up(self) -> None:
        """Tell everybody who waits that the worker is gone."""
        self._gone.set()
        for asked in list(self._waiting.values()):
            asked.put(None)
