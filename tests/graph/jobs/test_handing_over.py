"""Brief jobs are handed to the worker ahead of their turn, and nobody can tell but by the clock."""

from __future__ import annotations

from itertools import groupby
from threading import Event as Flag
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from graph.backends.process import ProcessBackend
from graph.backends.protocol import CancelledOutcome, Crashed
from graph.events import NodeStarted
from graph.jobs.dispatcher import Dispatcher
from graph.jobs.line import Waiting
from graph.jobs.queue import JobQueue
from graph.jobs.queue_events import JobEnded, JobPutBack, JobQueued, JobTaken, QueueChanged
from graph.jobs.record import JobStatus, NewJob
from graph.jobs.store import Store
from tests.graph.jobs.scripted import Scripted, well
from tests.support.workers import job, make_workshop, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from graph.backends.protocol import JobRequest, Outcome
    from graph.events import OnEvent
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


def test_whoever_has_nothing_to_do_is_woken_by_a_job_that_is_given_back(queues: Queues) -> None:
    for name in ("one", "two"):
        _enqueue(queues, name, "Number")
    queues.take()
    (ahead,) = queues.queue.take_ahead([lambda: None])
    woken: list[bool] = []
    queues.queue._news.acquire()
    giving = Thread(target=queues.queue.put_back, args=(ahead.request.id, "the one before is slow"))
    giving.start()
    woken.append(queues.queue._news.wait(10))
    queues.queue._news.release()
    giving.join()
    assert woken == [True]


class Descheduled(Store):
    """A database after whose next write somebody else has a turn."""

    meanwhile: Callable[[], object] | None = None

    def write(self, change: Any, then: Any = None) -> Any:  # noqa: ANN401
        """Write, and let somebody else."""
        answer = super().write(change, then)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return answer


@pytest.mark.parametrize("how", ["cancel", "delete", "clear"])
def test_a_wish_to_cancel_is_heard_though_the_job_is_just_given_back(
    how: str, tmp_path: Path
) -> None:
    store = Descheduled(tmp_path / "queue.sqlite", print)
    queue = JobQueue(store, lambda _event: None)
    for name in ("one", "two"):
        queue.enqueue(NewJob(prompt=job("Number").prompt, id=name))
    queue.take(lambda: None)
    heard: list[str] = []
    queue.take_ahead([lambda: heard.append("two")])
    store.meanwhile = lambda: queue.put_back("two", "the one before takes its time")
    match how:
        case "cancel":
            queue.cancel("two")
        case "delete":
            queue.delete(["two"])
        case _:
            queue.clear()
    store.close()
    assert heard == ["two"]


class Handed(Scripted):
    """Takes jobs before their turn, but for some."""

    def __init__(self, *refused: str, **scripts: Any) -> None:  # noqa: ANN401
        super().__init__(**scripts)
        self._refused = refused

    def hand_over(self, request: JobRequest, _on_returned: Callable[[], None], /) -> bool:
        """Take it unless it is one of those."""
        return request.id not in self._refused


def test_what_cannot_be_handed_over_waits_with_all_that_is_behind_it(queues: Queues) -> None:
    go_on = Flag()

    def wait(backend: Scripted, request: JobRequest, on_event: OnEvent) -> Outcome:
        assert go_on.wait(30)
        return well(backend, request, on_event)

    backend = Handed("odd", slow=[wait])
    dispatcher = Dispatcher(queues.queue, backend, queues.events.append, queues.warnings.append)
    for name in ("brief", "slow", "handed", "odd", "last"):
        _enqueue(queues, name, "Number")
    dispatcher.start()
    wait_for(lambda: "slow" in backend.ran)
    assert queues.queue.pending() == ["handed", "odd", "last"]
    queues.queue.move("last", 0)
    go_on.set()
    assert [*_wait_for_ends(queues, 5)] == ["brief", "slow", "handed", "last", "odd"]
    assert dispatcher.stop(seconds=30)


def test_every_end_of_those_that_were_done_behind_a_crash_is_seen_to(
    queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen_to: list[str] = []
    finish = queues.queue.finish_along

    def watched(job_id: str, *rest: Any) -> Callable[[], object]:  # noqa: ANN401
        written = finish(job_id, *rest)

        def see_to() -> object:
            seen_to.append(job_id)
            return written()

        return see_to

    monkeypatch.setattr(queues.queue, "finish_along", watched)

    def crash(_backend: Scripted, _request: JobRequest, _on_event: OnEvent) -> Outcome:
        return Crashed(None, "it is gone")

    backend = Handed(deadly=[crash])
    dispatcher = Dispatcher(queues.queue, backend, queues.events.append, queues.warnings.append)
    for name in ("brief", "deadly", "one", "two", "three"):
        _enqueue(queues, name, "Number")
    dispatcher.start()
    ends = _wait_for_ends(queues, 5)
    assert dispatcher.stop(seconds=30)
    assert sorted(seen_to) == sorted(ends)


@pytest.mark.parametrize("outcome", [CancelledOutcome(), Crashed("1", "it is gone")])
def test_a_wish_to_cancel_that_comes_while_a_job_is_put_back_is_heard(
    queues: Queues, monkeypatch: pytest.MonkeyPatch, outcome: Outcome
) -> None:
    put_back = queues.queue.put_back

    def late(job_id: str, *rest: Any) -> None:  # noqa: ANN401
        queues.queue.cancel(job_id)
        put_back(job_id, *rest)

    monkeypatch.setattr(queues.queue, "put_back", late)
    stopping = isinstance(outcome, CancelledOutcome)

    def end(backend: Scripted, _request: JobRequest, _on_event: OnEvent) -> Outcome:
        assert not stopping or backend.cancelled.wait(30)
        return outcome

    backend = Scripted(one=[end])
    dispatcher = Dispatcher(queues.queue, backend, queues.events.append, queues.warnings.append)
    _enqueue(queues, "one", "Number")
    dispatcher.start()
    assert backend.begun.wait(30)
    if stopping:
        assert dispatcher.stop(seconds=30)
    assert _wait_for_ends(queues, 1) == {"one": JobStatus.CANCELLED}
    assert dispatcher.stop(seconds=30)
    assert backend.ran == ["one"]


class Interrupted(JobQueue):
    """Lets somebody else have a turn between looking how many there are and telling it."""

    meanwhile: Thread | None = None

    @property
    def counts(self) -> tuple[int, int]:
        """Look, and let somebody else have a turn."""
        found = super().counts
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile.start()
            meanwhile.join(0.2)
        return found


def test_what_is_told_last_of_the_queue_is_how_it_is(tmp_path: Path) -> None:
    store, told = Store(tmp_path / "queue.sqlite", print), list[QueueChanged]()
    queue = Interrupted(store, lambda e: told.append(e) if isinstance(e, QueueChanged) else None)
    queue.enqueue(NewJob(prompt=job("Number").prompt, id="one"))
    (ahead,) = queue.take_ahead([lambda: None])
    new = NewJob(prompt=job("Number").prompt, id="two")
    arriving = queue.meanwhile = Thread(target=queue.enqueue, args=(new,))
    queue.begin(ahead)
    arriving.join()
    store.close()
    assert (told[-1].pending, told[-1].running) == queue.counts == (1, 1)
