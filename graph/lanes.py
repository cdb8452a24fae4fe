"""Where nodes run: threads for what computes, an event loop for coroutines, and who may go next.

An accelerator does one thing at a time, so one node that keeps it busy runs at a time, while
others prepare and save. What is done comes back through one queue to the thread that asks for it,
which alone decides what to do next. A node that has nothing beside it runs in that very thread.
"""

from __future__ import annotations

import asyncio
import heapq
import os
import weakref
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from graph.definition import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_Answer = TypeVar("_Answer")
Priority: TypeAlias = tuple[float, int]


class Workers:
    """Threads and an event loop that outlive jobs; both come to be when they are first needed.

    Args:
        threads: How many; as many as there are processors, and at least eight, by default, for many
            a node waits for a disk. With none, one node runs at a time, in the thread that asks.
    """

    def __init__(self, threads: int | None = None) -> None:
        self.threads = max(8, os.cpu_count() or 1) if threads is None else threads
        self._pool: ThreadPoolExecutor | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: Callable[[], object] = _nothing
        self._lock = Lock()

    def submit(self, work: Callable[[], None]) -> None:
        """Have a thread do something that raises nothing."""
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="node")
            pool = self._pool
        pool.submit(work)

    def call(self, function: Callable[[], _Answer]) -> Future[_Answer]:
        """Have a thread of its own call a function, beside all else."""
        future: Future[_Answer] = Future()
        Thread(target=_fulfil, args=(future, function), name="reading", daemon=True).start()
        return future

    def loop(self) -> asyncio.AbstractEventLoop:
        """Return the event loop, which runs in a thread of its own."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                Thread(target=_run, args=(self._loop,), name="coroutines", daemon=True).start()
                self._end = weakref.finalize(self, _stop, self._loop)
            return self._loop

    def wait_for(self, coroutine: Coroutine[Any, Any, _Answer]) -> _Answer:
        """Run a coroutine on the event loop from another thread, and return what it answers."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop()).result()

    def close(self) -> None:
        """Let go of the threads, once they are idle, and of the event loop."""
        with self._lock:
            pool, self._pool = self._pool, None
            loop, self._loop = self._loop, None
        if pool is not None:
            pool.shutdown(wait=False)
        if loop is not None:
            self._end()


class Lanes:
    """One job's nodes on their way through the workers.

    Args:
        workers: Who works.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._room = {Lane.ACCELERATOR: 1, Lane.CPU: workers.threads}
        self._waiting: dict[Lane, list[tuple[Priority, Callable[[], object]]]] = {
            lane: [] for lane in self._room
        }
        self._done: SimpleQueue[tuple[Lane | None, object]] = SimpleQueue()
        self._tasks: set[asyncio.Task[object]] = set()  # touched by the event loop only
        self._running = 0

    @property
    def idle(self) -> bool:
        """Whether nothing runs or waits."""
        return not self._running and not any(self._waiting.values())

    def add(self, lane: Lane, priority: Priority, work: Callable[[], object]) -> None:
        """Have something done when its lane has room, the least priority first.

        Args:
            lane: Which lane.
            priority: Differs from all others.
            work: Answers what is to be handed out by `next`; raises nothing.
        """
        heapq.heappush(self._waiting[lane], (priority, work))

    def spawn(self, coroutine: Coroutine[Any, Any, object]) -> None:
        """Have a coroutine run at once; it answers what is to be handed out, and raises nothing."""
        self._running += 1
        if not self._workers.threads:
            self._done.put((None, self._workers.wait_for(coroutine)))
            return
        self._workers.loop().call_soon_threadsafe(self._begin, coroutine)

    def _begin(self, coroutine: Coroutine[Any, Any, object]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        # One that was cancelled before it began has nothing to say.
        self._done.put((None, None if task.cancelled() else task.result()))

    def next(self) -> object:
        """Start what there is room for, and hand out what is done next; None for a `nudge`."""
        if not self._running and self._is_alone():
            waiting = min(filter(None, self._waiting.values()), key=_first)
            return heapq.heappop(waiting)[1]()
        for lane, waiting in self._waiting.items() if self._workers.threads else ():
            while waiting and self._room[lane]:
                self._start(lane, heapq.heappop(waiting)[1])
        return self._take(self._done.get())

    def _is_alone(self) -> bool:
        return not self._workers.threads or sum(map(len, self._waiting.values())) == 1

    def done(self) -> list[object]:
        """Hand out what else is done, without waiting."""
        found = []
        while True:
            try:
                found.append(self._take(self._done.get_nowait()))
            except Empty:
                return found

    def _take(self, message: tuple[Lane | None, object]) -> object:
        lane, outcome = message
        if outcome is not _NUDGE:
            self._running -= 1
        if lane is not None:
            self._room[lane] += 1
        if isinstance(outcome, _Raised):
            raise outcome.error
        return None if outcome is _NUDGE else outcome

    def _start(self, lane: Lane, work: Callable[[], object]) -> None:
        self._room[lane] -= 1
        self._running += 1
        self._workers.submit(lambda: self._done.put((lane, _outcome(work))))

    def nudge(self) -> None:
        """Have `next` return, from whichever thread."""
        self._done.put((None, _NUDGE))

    def cancel(self) -> None:
        """Forget what waits, and have coroutines end where they wait."""
        for waiting in self._waiting.values():
            waiting.clear()
        if self._running:
            self._workers.loop().call_soon_threadsafe(self._cancel_tasks)

    def _cancel_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()


def _nothing() -> None:
    """Stands where there is no event loop to stop."""


def _run(loop: asyncio.AbstractEventLoop) -> None:
    try:
        while True:
            try:
                loop.run_forever()
            except (SystemExit, KeyboardInterrupt):
                continue  # that node fails; coroutines of others go on
            return
    finally:
        loop.close()


def _stop(loop: asyncio.AbstractEventLoop) -> None:
    with suppress(RuntimeError):  # it is closed: the interpreter is about to end
        loop.call_soon_threadsafe(loop.stop)


def _first(waiting: list[tuple[Priority, Callable[[], object]]]) -> Priority:
    return waiting[0][0]


def _fulfil(future: Future[_Answer], function: Callable[[], _Answer]) -> None:
    try:
        future.set_result(function())
    except Exception as error:  # noqa: BLE001 - whoever waits for the answer has it
        future.set_exception(error)


@dataclass(frozen=True, slots=True)
class _Raised:
    """What came of work that raised all the same: whoever waits for it is to know."""

    error: BaseException


def _outcome(work: Callable[[], object]) -> object:
    try:
        return work()
    except BaseException as error:  # noqa: BLE001 - raised again in the thread that decides
        return _Raised(error)


_NUDGE = object()
