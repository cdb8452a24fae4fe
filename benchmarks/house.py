"""The engine as it is by default, for benchmarks: disk cache, queue, history and one subscriber."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from app import memory, tensors
from app.codecs import ValueCodec
from graph.backends.inline import InlineBackend
from graph.cache import MemoryCache
from graph.disk_cache import DiskCache
from graph.executor import Engine
from graph.files import FileIndex
from graph.folders import Folders
from graph.formats.api import to_api
from graph.jobs.bus import Bus
from graph.jobs.dispatcher import Dispatcher
from graph.jobs.listening import Subscription
from graph.jobs.queue import JobQueue
from graph.jobs.queue_events import JobEnded
from graph.jobs.record import NewJob
from graph.jobs.store import Store
from graph.journal import Journals
from graph.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graph.definition import NodeFunction
    from graph.events import Event
    from graph.workflow import Workflow


def engine(base: Path, functions: Sequence[NodeFunction]) -> Engine:
    """Return an engine that knows nothing but some nodes; all that it keeps is below a folder."""
    memory.collect_rarely()
    registry = Registry()
    for function in functions:
        registry.add(function)
    return Engine(
        registry,
        Folders.under(base),
        cache=MemoryCache(2**30, tensors.storages),
        disk=DiskCache(base / "cache" / "results", ValueCodec(), 2**30),
        files=FileIndex(base / "cache" / "files.sqlite"),
        hasher=tensors.content_hash,
        journals=Journals(base / "cache" / "resume"),
    )


_BREATH = 0.01


class House:
    """Queue, history and engine at work in this process, and somebody who listens.

    Attributes:
        heard: All events of the last job.
    """

    def __init__(self, base: Path, functions: Sequence[NodeFunction]) -> None:
        self.heard: list[Event] = []
        self._bus = Bus()
        self._store = Store(base / "user" / "queue.sqlite", print)
        self._queue = JobQueue(self._store, self._bus.publish)
        self.engine = engine(base, functions)
        self._backend = InlineBackend(self.engine)
        self._dispatcher = Dispatcher(self._queue, self._backend, self._bus.publish, print)
        self._dispatcher.start()

    def run(self, prompt: Mapping[str, object]) -> None:
        """Queue a job and wait until history has it; the events are heard by another thread."""
        self.heard = []
        subscription = Subscription(self._bus)
        listener = Thread(target=self._listen, args=(subscription,))
        listener.start()
        self._queue.enqueue(NewJob(prompt=prompt))
        listener.join()

    def _listen(self, subscription: Subscription) -> None:
        """Hear a hundred times a second, which is more often than a screen shows anything."""
        while not any(isinstance(event, JobEnded) for event in self.heard[-10:]):
            self.heard += [told.event for told in subscription.take(1.0)]
            time.sleep(_BREATH)

    def close(self) -> None:
        """Stop everything."""
        self._dispatcher.stop()
        self._backend.close()
        self.engine.close()
        self._bus.close()
        self._store.close()


@contextmanager
def house(functions: Sequence[NodeFunction]) -> Iterator[House]:
    """Have a house in a folder of its own, which goes with it."""
    base = Path(tempfile.mkdtemp(prefix="safelight-benchmark-"))
    made = House(base, functions)
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(base, ignore_errors=True)


def prompt_of(workflow: Workflow) -> Mapping[str, object]:
    """Return a workflow as clients send it."""
    return to_api(workflow)
