"""Brief jobs are handed to the worker ahead of their turn, and nobody can tell but by the clock."""

from __future__ import annotations

from itertools import groupby
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from graph.backends.process import ProcessBackend
from graph.events import NodeStarted
from graph.jobs.dispatcher import Dispatcher
from graph.jobs.line import Waiting
from graph.jobs.queue_events import JobEnded, JobPutBack, JobQueued, JobTaken, QueueChanged
from graph.jobs.record import JobStatus, NewJob
from tests.support.workers import job, make_workshop, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.backends.protocol import JobRequest
    from tests.graph.jobs.conftest import Queues


class Counting(ProcessBackend):
    """Counts what is handed over."""

    handed_over = 0

    def hand_over(self, request: JobRequest, on_returned: Any) -> bool:  # noqa: ANN401
        """Hand over and count."""
        done = super().hand_over(request, on_returned)
        self.handed_over += done
        return done


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Counting]:
    """A worker that is ready."""
    made = Counting(make_workshop, tmp_path, grace=0.3)
    assert made.wait(60) == ""
    yield made
    made.close()


@pytest.fixture
def dispatcher(queues: Queues, backend: Counting) -> Iterator[Dispatcher]:
    """Between the queue and the worker; tests start it."""
    made = Dispatcher(queues.queue, backend, queues.events.append, queues.warnings.append)
    yield made
    assert made.stop(seconds=30)
    assert queues.warnings == []


def _enqueue(queues: Queues, name: str, *classes: str, **inputs: str | int) -> None:
    request = job(*classes, job_id=name, shown=True, **inputs)
    queues.queue.enqueue(NewJob(prompt=request.prompt, id=name))


def _wait_for_ends(queues: Queues, count: int) -> dict[str, JobStatus]:
    def ends() -> dict[str, JobStatus]:
        return {e.job: e.status for e in [*queues.events] if isinstance(e, JobEnded)}

    wait_for(lambda: len(ends()) == count)
    return ends()


def test_jobs_end_one_after_the_other_whatever_is_among_them(
    queues: Queues, dispatcher: Dispatcher, backend: Counting
) -> None:
    names = [f"{at:02}" for at in range(40)]
    for at, name in enumerate(names):
        match at:
            case 10:
                _enqueue(queues, name, "Steps", count=30, milliseconds=10)
            case 20:
                _enqueue(queues, name, "Fail")
            case 30:
                _enqueue(queues, name, "Kill")
            case _:
                _enqueue(queues, name, "Number", value=at)
    dispatcher.start()
    ends = _wait_for_ends(queues, len(names))
    assert [*ends] == names
    failed = {name for name, status in ends.items() if status is not JobStatus.DONE}
    assert failed == {"20", "30"}
    assert backend.handed_over > 20
    told = [e for e in queues.events if not isinstance(e, QueueChanged | JobQueued)]
    # What is told of a job is told before anything is of the next one.
    assert [name for name, _ in groupby(told, key=lambda event: event.job)] == names
    assert max(e.running for e in queues.events if isinstance(e, QueueChanged)) == 1


def test_what_is_behind_a_job_that_takes_its_time_waits_where_it_can_be_cancelled(
    queues: Queues, dispatcher: Dispatcher, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    for at in range(3):
        _enqueue(queues, f"brief {at}", "Number", value=at)
    _enqueue(queues, "slow", "Steps", count=400, milliseconds=5)
    _enqueue(queues, "unwanted", "Steps", count=1, mark=str(mark))
    _enqueue(queues, "last", "Number")
    dispatcher.start()
    wait_for(lambda: any(isinstance(e, NodeStarted) and e.job == "slow" for e in queues.events))
    assert queues.queue.running() == ["slow"]
    assert queues.queue.pending() == ["unwanted", "last"]
    queues.queue.cancel("unwanted")
    ends = _wait_for_ends(queues, 6)
    assert ends["unwanted"] is JobStatus.CANCELLED
    assert ends["last"] is JobStatus.DONE
    assert not mark.exists()
    assert not any(isinstance(e, JobPutBack) for e in queues.events)
    assert sum(isinstance(e, JobTaken) and e.job == "last" for e in queues.events) == 1


def test_to_clear_the_queue_reaches_the_one_that_is_next(
    queues: Queues, dispatcher: Dispatcher, tmp_path: Path
) -> None:
    marks = [tmp_path / f"mark {at}" for at in range(2)]
    for at in range(3):
        _enqueue(queues, f"brief {at}", "Number", value=at)
    _enqueue(queues, "slow", "Steps", count=100, milliseconds=5)
    for at, mark in enumerate(marks):
        _enqueue(queues, f"behind {at}", "Steps", count=1, mark=str(mark))
    dispatcher.start()
    wait_for(lambda: any(isinstance(e, NodeStarted) and e.job == "slow" for e in queues.events))
    queues.queue.clear()
    ends = _wait_for_ends(queues, 6)
    assert [ends[f"behind {at}"] for at in range(2)] == [JobStatus.CANCELLED] * 2
    assert ends["slow"] is JobStatus.DONE
    assert not any(mark.exists() for mark in marks)


def test_a_server_that_stops_in_the_midst_of_them_keeps_their_order(
    queues: Queues, dispatcher: Dispatcher
) -> None:
    names = [f"{at:03}" for at in range(200)]
    for at, name in enumerate(names):
        _enqueue(queues, name, "Steps", count=2, milliseconds=at % 3)
    dispatcher.start()
    wait_for(lambda: sum(isinstance(e, JobEnded) for e in queues.events) > 20)
    assert dispatcher.stop(seconds=30)
    ended = [e.job for e in queues.events if isinstance(e, JobEnded)]
    assert 20 < len(ended) < len(names)
    assert queues.queue.running() == []
    assert [*ended, *queues.queue.pending()] == names


def test_nothing_is_taken_ahead_while_somebody_else_has_nothing_to_do(queues: Queues) -> None:
    idle = Thread(target=queues.queue.wait, args=(30.0,))
    idle.start()
    wait_for(lambda: queues.queue._idle == 1)
    queues.queue._state.line.add(Waiting(1, "one", "", None))  # and nobody was woken yet
    assert queues.queue.take_ahead([lambda: None]) == []
    queues.queue.wake()
    idle.join()
    queues.queue._state.line.remove("one")
    _enqueue(queues, "two", "Number")
    assert len(queues.queue.take_ahead([lambda: None] * 3)) == 1
