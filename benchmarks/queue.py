"""What the queue costs: `python -m benchmarks.queue`.

Jobs of two nodes are queued one after the other, each committed before the next one comes, from a
thread, from an event loop, and from ten tasks at once; 1,000 of them go through a backend that
does nothing but tell what an engine would, with history and 200 subscribers; 100 are still
there after a restart. Bars: 1,200 jobs a second accepted, 1,000 jobs done in 1.5 seconds from the
first to the last, in which an HTTP server and an engine must find room, too.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from graph import events
from graph.backends.protocol import Done
from graph.jobs.bus import Bus
from graph.jobs.dispatcher import Dispatcher
from graph.jobs.listening import Listeners, Subscription
from graph.jobs.queue import JobQueue
from graph.jobs.queue_events import JobEnded
from graph.jobs.record import NewJob
from graph.jobs.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graph.backends.protocol import JobRequest, Outcome
    from graph.events import OnEvent
    from graph.jobs.listening import Listener

ACCEPTED, THROUGH = 1200.0, 1.5
"""Bars: jobs a second, seconds for 1,000 jobs."""
JOBS, WAITING, LISTENERS = 1000, 100, 200

PROMPT = {
    "1": {"class_type": "Make", "inputs": {"number": 0}},
    "2": {"class_type": "Show", "inputs": {"number": ["1", 0]}},
}


class Trivial:
    """A backend that tells what an engine would, and does nothing."""

    def run(self, request: JobRequest, on_event: OnEvent) -> Outcome:
        """Tell of two nodes."""
        now, job = time.time(), request.id
        on_event(events.JobStarted(job=job, number=0, time=now, nodes=("1", "2")))
        for number, node in enumerate(("1", "2")):
            about = {"node_id": node, "class_type": "Stub", "display_node": node}
            on_event(
                events.NodeStarted(
                    job=job, number=2 * number + 1, time=now, reason="first run", **about
                )
            )
            on_event(
                events.NodeFinished(
                    job=job, number=2 * number + 2, time=now, seconds=0.0, ui=None, **about
                )
            )
        on_event(events.JobFinished(job=job, number=5, time=now, seconds=0.0))
        return Done(0.0)

    def hand_over(self, _request: JobRequest, _on_returned: Callable[[], None], /) -> bool:
        """Nothing is handed over."""
        return False

    def cancel(self, job_id: str) -> None:
        """Nothing lasts long enough."""

    def close(self, seconds: float = 5.0) -> None:
        """Nothing is held."""


@contextmanager
def queue_in(path: Path, bus: Bus) -> Iterator[JobQueue]:
    """Open a queue, and close it."""
    store = Store(path, print)
    try:
        yield JobQueue(store, bus.publish)
    finally:
        store.close()


def from_a_thread(path: Path) -> float:
    """Return jobs a second, each waited for."""
    with queue_in(path, Bus()) as queue:
        started = time.perf_counter()
        for _ in range(JOBS):
            queue.enqueue(NewJob(prompt=PROMPT))
        return JOBS / (time.perf_counter() - started)


def from_a_loop(path: Path, tasks: int = 1) -> float:
    """Return jobs a second, from tasks of an event loop that wait for each of theirs."""

    async def some(queue: JobQueue) -> None:
        for _ in range(JOBS // tasks):
            await queue.enqueue_soon(NewJob(prompt=PROMPT))

    async def scene(queue: JobQueue) -> float:
        started = time.perf_counter()
        await asyncio.gather(*(some(queue) for _ in range(tasks)))
        return JOBS / (time.perf_counter() - started)

    with queue_in(path, Bus()) as queue:
        return asyncio.run(scene(queue))


def through(path: Path, listeners: int = 1) -> float:
    """Return seconds from the first of 1,000 jobs to the end of the last, which all have heard."""
    bus = Bus()

    async def hear(listener: Listener) -> None:
        ended = 0
        while ended < JOBS:
            ended += sum(isinstance(told.event, JobEnded) for told in await listener.take())

    async def scene(queue: JobQueue) -> None:
        shared = Listeners(bus)
        heard = [asyncio.create_task(hear(shared.listen())) for _ in range(listeners)]
        await asyncio.sleep(0)
        for _ in range(JOBS):
            await queue.enqueue_soon(NewJob(prompt=PROMPT))
        await asyncio.gather(*heard)

    with queue_in(path, bus) as queue:
        dispatcher = Dispatcher(queue, Trivial(), bus.publish, print)
        dispatcher.start()
        started = time.perf_counter()
        asyncio.run(scene(queue))
        seconds = time.perf_counter() - started
        dispatcher.stop()
    return seconds


def restart(path: Path) -> tuple[float, bool]:
    """Return seconds that opening takes with 100 jobs queued, and whether all are there."""
    with queue_in(path, Bus()) as queue:
        for number in range(WAITING):
            queue.enqueue(NewJob(prompt=PROMPT, id=str(number), client=str(number % 7)))
        before = queue.pending()
    started = time.perf_counter()
    with queue_in(path, Bus()) as queue:
        return time.perf_counter() - started, queue.pending() == before


def told(subscribers: int) -> float:
    """Return microseconds that publishing an event takes while threads listen."""
    bus, count = Bus(), 20_000
    event = events.JobStarted(job="job", number=0, time=0.0, nodes=())
    threads = [
        Thread(target=_listen, args=(Subscription(bus), bus.latest + count), daemon=True)
        for _ in range(subscribers)
    ]
    for thread in threads:
        thread.start()
    started = time.perf_counter()
    for _ in range(count):
        bus.publish(event)
    seconds = time.perf_counter() - started
    for thread in threads:
        thread.join()
    return seconds / count * 1e6


def _listen(subscription: Subscription, last: int) -> None:
    while subscription.since < last:
        subscription.take(1.0)


def main() -> int:
    """Measure; answers how many bars were missed."""
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        paths = (Path(folder) / f"{number}.sqlite" for number in range(10))
        for name, rate in (
            ("queued from a thread", from_a_thread(next(paths))),
            ("queued from a loop", from_a_loop(next(paths))),
            ("queued by ten tasks", from_a_loop(next(paths), 10)),
        ):
            missed += rate < ACCEPTED
            print(_line(name, f"{rate:9,.0f} jobs/s", f"{ACCEPTED:,.0f}", rate >= ACCEPTED))
        for listeners in (1, LISTENERS):
            seconds = through(next(paths), listeners)
            missed += seconds > THROUGH
            name = f"{JOBS:,} jobs, {listeners} listening"
            print(_line(name, f"{seconds:9.3f} s", f"{THROUGH}", seconds <= THROUGH))
        seconds, whole = restart(next(paths))
        missed += not whole
        print(_line(f"restart, {WAITING} queued", f"{seconds:9.3f} s", "all there", whole))
        print(f"{'publishing, one thread listens':32} {told(1):9.2f} µs")
    return missed


def _line(name: str, figure: str, bar: str, ok: bool) -> str:
    return f"{name:32} {figure:18} bar {bar:10} {'ok' if ok else 'MISSED'}"


if __name__ == "__main__":
    sys.exit(main())
