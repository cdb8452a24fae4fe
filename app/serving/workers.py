"""The worker processes, one for each accelerator, fed from one queue and asked as if they were one.

The first is started at once. Which other accelerators there are it says itself once it has loaded
torch, which this process never does.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from graph.backends.process import ProcessBackend
from graph.backends.questions import AskError, WorkerGoneError
from graph.jobs.dispatcher import Dispatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.settings import Settings
    from graph.backends.workshop import Factory, Say
    from graph.errors import GraphError
    from graph.events import OnEvent
    from graph.jobs.queue import JobQueue

_log = logging.getLogger("safelight")
_WARM = 600.0
"""Seconds that loading torch may take on a slow disk."""
_STOP = 3.5
"""Seconds that jobs have to stop when the server does."""


@dataclass(frozen=True)
class _Worker:
    backend: ProcessBackend
    dispatcher: Dispatcher


class Workers:
    """Starts workers and feeds them.

    Args:
        factory: Makes a worker's workshop of settings, in its process.
        settings: What the workers are told; a device `auto` means all that there are.
        queue: Where jobs come from.
        on_event: Told what happens to jobs; must not block.
        on_said: Told what workers have to say to clients, and print; must not block.
    """

    def __init__(
        self,
        factory: Factory,
        settings: Settings,
        queue: JobQueue,
        on_event: OnEvent,
        on_said: Say,
    ) -> None:
        self._on_said = on_said
        self._factory = factory
        self._settings = settings
        self._queue = queue
        self._on_event = on_event
        self._workers: list[_Worker] = []
        self._previews = False
        self._lock = Lock()
        self._stopped = False
        self._waiting: asyncio.Task[str] | None = None

    @property
    def about(self) -> Mapping[str, Any] | None:
        """What the first worker said of itself when it was last ready; None before that."""
        return self._workers[0].backend.about if self._workers else None

    @property
    def pids(self) -> list[int]:
        """The ids of the processes that are ready."""
        found = [worker.backend.worker_pid for worker in self._workers]
        return [pid for pid in found if pid is not None]

    def start(self, on_ready: Callable[[], None]) -> None:
        """Start the first worker, and the others when it is ready.

        Args:
            on_ready: Called, in a thread, when the first one is.
        """
        self._add(self._settings)
        Thread(target=self._go_on, args=(on_ready,), name="workers", daemon=True).start()

    def take_jobs(self) -> None:
        """Let workers have jobs from now on."""
        for worker in self._workers:
            worker.dispatcher.start()

    def ask(self, name: str, payload: object = None, *, seconds: float = 30.0) -> Any:  # noqa: ANN401
        """Ask a worker something and wait for the answer; from any thread.

        What is in memory, `value` asks for and `free` lets go of, may be with any of them.

        Raises:
            WorkerGoneError: None is ready, or it died meanwhile.
            AskError: It cannot answer, or not in time.
        """
        answer: Any = None
        trouble: GraphError = WorkerGoneError("the worker is being started; ask again in a moment")
        answered = False
        for worker in self._workers:
            try:
                answer = worker.backend.ask(name, payload, seconds=seconds)
            except (WorkerGoneError, AskError) as error:
                trouble = error
                continue
            answered = True
            if name not in ("value", "free") or (name == "value" and answer is not None):
                break
        if not answered:
            raise trouble
        return answer

    async def ready(self, seconds: float = 30.0) -> None:
        """Wait until a worker can be asked.

        Raises:
            WorkerGoneError: None is ready in time, or none can be set up.
        """
        if self.pids or not self._workers:
            return
        if self._waiting is None or self._waiting.done():
            # One thread waits, however many clients do.
            wait = self._workers[0].backend.wait
            self._waiting = asyncio.create_task(asyncio.to_thread(wait, seconds))
        if why := await asyncio.shield(self._waiting):
            raise WorkerGoneError(why)

    def want_previews(self, wanted: bool) -> None:
        """Say whether anybody looks at previews."""
        self._previews = wanted and self._settings.preview_method != "none"
        for worker in list(self._workers):
            worker.backend.want_previews(self._previews)

    def stop(self) -> None:
        """Take no more jobs, have those that run written down to go on later, end all workers."""
        with self._lock:
            self._stopped = True
        if not self._workers:
            return
        with ThreadPoolExecutor(len(self._workers)) as pool:
            list(pool.map(_stop, self._workers))

    def _add(self, settings: Settings) -> _Worker | None:
        with self._lock:
            if self._stopped:
                return None
            backend = ProcessBackend(self._factory, settings, on_said=self._on_said)
            backend.want_previews(self._previews)
            name = f"dispatcher {settings.device}"
            worker = _Worker(
                backend,
                Dispatcher(self._queue, backend, self._on_event, _log.warning, name=name),
            )
            self._workers.append(worker)
            return worker

    def _go_on(self, on_ready: Callable[[], None]) -> None:
        first = self._workers[0].backend
        said = ""
        while why := first.wait():
            if self._stopped:
                return
            if why != said:
                _log.warning("%s; it is tried again", why)
            said = why
        on_ready()
        if self._settings.device == "auto":
            self._start_others(first)

    def _start_others(self, first: ProcessBackend) -> None:
        with suppress(WorkerGoneError, AskError):
            devices = first.ask("system", seconds=_WARM)["devices"]
            names = [str(device["name"]) for device in devices]
            for name in [name for name in names if name.startswith("cuda:")][1:]:
                worker = self._add(replace(self._settings, device=name))
                if worker is not None:
                    _log.info("one more worker computes on %s", name)
                    worker.dispatcher.start()


def _stop(worker: _Worker) -> None:
    worker.dispatcher.stop(seconds=_STOP)
    worker.backend.close(1.0)
