"""Dispatcher: every job ends done, cleanly failed or cancelled, whatever the backend does."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from graph import events
from graph.backends.protocol import CancelledOutcome, Crashed, Done, Failed
from graph.jobs.bus import Bus
from graph.jobs.dispatcher import Dispatcher
from graph.jobs.history import Choice
from graph.jobs.queue_events import JobEnded, JobPutBack
from graph.jobs.record import JobRecord, JobStatus, NodeRecord
from graph.jobs.store import Store
from graph.problems import Problem
from tests.graph.jobs.prompts import job
from tests.graph.jobs.scripted import Scripted, node, well

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graph.backends.protocol import JobRequest, Outcome
    from graph.events import OnEvent
    from tests.graph.jobs.conftest import Queues
    from tests.graph.jobs.scripted import Script


class Service:
    """A queue with dispatchers, as in a server."""

    def __init__(self, queues: Queues) -> None:
        self.queues = queues
        self.events = queues.events
        self.warnings: list[str] = []
        self.dispatchers: list[Dispatcher] = []

    def start(self, *backends: Scripted) -> None:
        """Let backends work."""
        for backend in backends:
            dispatcher = Dispatcher(
                self.queues.queue,
                backend,
                self.events.append,
                self.warnings.append,
                pause=0.01,
            )
            self.dispatchers.append(dispatcher)
            dispatcher.start()

    def enqueue(self, *names: str) -> None:
        """Queue jobs."""
        for name in names:
            self.queues.queue.enqueue(job(name))

    def ended(self, name: str) -> JobRecord:
        """Wait for the end of a job and return what is known of it."""
        until = time.monotonic() + 30
        while not any(isinstance(event, JobEnded) and event.job == name for event in self.events):
            assert time.monotonic() < until, f"{name} does not end"
            time.sleep(0.001)
        record = self.queues.history.get(name)
        assert record is not None
        return record

    def stop(self) -> None:
        """Stop everything."""
        assert all(dispatcher.stop(seconds=30) for dispatcher in self.dispatchers)
        self.dispatchers.clear()


@pytest.fixture
def service(queues: Queues) -> Iterator[Service]:
    """A queue without dispatchers yet."""
    made = Service(queues)
    yield made
    made.stop()


def _outcome(outcome: Outcome, node_id: str = "3") -> Script:
    """Start a node, then end like this."""

    def script(backend: Scripted, request: JobRequest, on_event: OnEvent) -> Outcome:
        on_event(node(request.id, events.NodeStarted, node_id, reason="first run"))
        return outcome

    return script


def _until_cancelled(backend: Scripted, request: JobRequest, on_event: OnEvent) -> Outcome:
    on_event(node(request.id, events.NodeStarted, "3", reason="first run"))
    assert backend.cancelled.wait(30)
    return CancelledOutcome("3")


def test_a_job_is_run_and_history_has_what_was_told(service: Service) -> None:
    service.start(Scripted())
    service.enqueue("a")
    record = service.ended("a")
    assert record.row.status is JobStatus.DONE
    assert record.result.nodes == {"1": NodeRecord("Stub", False, "first run", 0.5, "1")}
    assert record.result.outputs == {"1": {"text": ["done"]}}
    assert record.result.warnings == ("odd",)
    assert record.result.error is None


def test_jobs_run_in_the_order_of_the_queue(service: Service) -> None:
    backend = Scripted()
    service.enqueue("a", "b", "c")
    service.queues.queue.move("c", 0)
    service.start(backend)
    service.ended("b")
    assert backend.ran == ["c", "a", "b"]


def test_the_end_is_told_last_and_after_history_can_be_read(service: Service) -> None:
    read: list[tuple[str, bool]] = []

    class Watching(list[events.Event]):
        """Asks history at each event."""

        def append(self, event: events.Event) -> None:
            record = service.queues.history.get("a") if event.job else None
            if record:
                read.append((type(event).__name__, record.row.status is JobStatus.DONE))
            super().append(event)

    service.events = Watching()
    service.start(Scripted())
    service.enqueue("a")
    while not read or read[-1][0] != "JobFinished":
        time.sleep(0.001)
    assert [told for told in read if told[1]] == [("JobFinished", True)]
    assert [name for name, _ in read][:3] == ["JobStarted", "NodeStarted", "NodeFinished"]


def test_a_job_that_fails_says_why_and_the_next_one_runs(service: Service) -> None:
    problem = Problem(type="value_not_in_list", expected="one of a, b", got="c", node_id="9")

    def fail(_backend: Scripted, request: JobRequest, on_event: OnEvent) -> Outcome:
        erred = node(
            request.id,
            events.NodeErred,
            "3",
            sentence="Stub (node 3): no",
            traceback="Traceback …",
            exception_type="ValueError",
        )
        on_event(erred)
        return Failed("Stub (node 3): no", "3", problems=(problem,))

    service.start(Scripted(a=[fail]))
    service.enqueue("a", "b")
    record = service.ended("a")
    error = record.result.error
    assert record.row.status is JobStatus.FAILED
    assert error is not None
    assert (error.sentence, error.node_id) == ("Stub (node 3): no", "3")
    assert (error.traceback, error.exception_type) == ("Traceback …", "ValueError")
    assert record.result.problems[0]["got"] == "c"
    assert service.ended("b").row.status is JobStatus.DONE


def test_a_job_whose_worker_dies_is_tried_again_before_all_others(service: Service) -> None:
    backend = Scripted(a=[_outcome(Crashed("3", "the worker was killed"))] * 2)
    service.enqueue("a", "b")
    service.start(backend)
    record = service.ended("a")
    assert backend.ran[:3] == ["a", "a", "a"]
    assert record.row.status is JobStatus.DONE
    assert record.row.crashes == ("3", "3")
    assert "3" not in record.result.nodes
    told = [event for event in service.events if isinstance(event, JobPutBack)]
    assert [event.sentence for event in told] == ["the worker was killed"] * 2


def test_a_job_is_given_up_when_three_workers_died_at_the_same_node(service: Service) -> None:
    crashes = [_outcome(Crashed(at, "the worker was killed"), at) for at in "34343"]
    service.start(Scripted(a=crashes))
    service.enqueue("a", "b")
    record = service.ended("a")
    assert record.row.status is JobStatus.FAILED
    assert record.row.crashes == tuple("34343")
    assert record.result.error is not None
    assert record.result.error.sentence == (
        "3 times the worker broke down while Stub (node 3) ran, so the job was given up;"
        " the last time: the worker was killed"
    )
    assert record.result.error.node_id == "3"
    assert service.ended("b").row.status is JobStatus.DONE


def test_strikes_are_remembered_across_restarts(service: Service) -> None:
    crash = _outcome(Crashed("3", "the worker was killed"))
    service.enqueue("a")
    for _ in range(2):
        backend = Scripted(a=[crash, _until_cancelled])
        service.start(backend)
        while len(backend.ran) < 2:
            time.sleep(0.001)
        service.stop()
        service.queues.restart()
    service.start(Scripted(a=[crash]))
    assert service.ended("a").row.crashes == ("3", "3", "3")


def test_a_backend_that_raises_counts_as_a_crash_and_its_traceback_is_kept(
    service: Service,
) -> None:
    def broken(_backend: Scripted, _request: JobRequest, _on_event: OnEvent) -> Outcome:
        raise OSError("the pipe is gone")

    service.start(Scripted(a=[broken] * 3))
    service.enqueue("a", "b")
    error = service.ended("a").result.error
    assert error is not None
    assert "3 times the worker broke down before any node ran" in error.sentence
    assert "OSError: the pipe is gone" in error.sentence
    assert "raise OSError" in error.traceback
    assert service.ended("b").row.status is JobStatus.DONE


def test_a_job_that_runs_is_cancelled(service: Service) -> None:
    backend = Scripted(a=[_until_cancelled])
    service.start(backend)
    service.enqueue("a", "b")
    assert backend.begun.wait(30)
    assert service.queues.queue.cancel("a") is JobStatus.RUNNING
    record = service.ended("a")
    assert record.row.status is JobStatus.CANCELLED
    assert record.result.error is not None
    assert record.result.error.node_id == "3"
    assert service.ended("b").row.status is JobStatus.DONE


def test_a_wish_that_the_backend_was_too_early_for_is_repeated(service: Service) -> None:
    class Hasty(Scripted):
        """Somebody cancels the job before the backend knows that it runs it."""

        def run(self, request: JobRequest, on_event: OnEvent) -> Outcome:
            service.queues.queue.cancel(request.id)
            return super().run(request, on_event)

    service.start(Hasty(a=[_until_cancelled]))
    service.enqueue("a")
    assert service.ended("a").row.status is JobStatus.CANCELLED


@pytest.mark.parametrize(
    "outcome", [Crashed("3", "killed because it hung"), Failed("no", "3"), CancelledOutcome()]
)
def test_an_unwanted_job_is_not_tried_again(service: Service, outcome: Outcome) -> None:
    def script(backend: Scripted, _request: JobRequest, _on_event: OnEvent) -> Outcome:
        assert backend.cancelled.wait(30)
        return outcome

    backend = Scripted(a=[script])
    service.start(backend)
    service.enqueue("a")
    assert backend.begun.wait(30)
    service.queues.queue.cancel("a")
    assert service.ended("a").row.status is JobStatus.CANCELLED
    assert backend.ran == ["a"]


def test_a_job_that_was_done_before_it_heard_of_the_wish_is_done(service: Service) -> None:
    def script(backend: Scripted, _request: JobRequest, _on_event: OnEvent) -> Outcome:
        assert backend.cancelled.wait(30)
        return Done(1.0)

    backend = Scripted(a=[script])
    service.start(backend)
    service.enqueue("a")
    assert backend.begun.wait(30)
    service.queues.queue.cancel("a")
    assert service.ended("a").row.status is JobStatus.DONE


def test_stopping_puts_the_job_that_runs_back_and_the_next_start_goes_on_with_it(
    service: Service,
) -> None:
    backend = Scripted(a=[_until_cancelled])
    service.start(backend)
    service.enqueue("a", "b")
    assert backend.begun.wait(30)
    service.stop()
    assert service.queues.queue.pending() == ["a", "b"]
    assert not any(isinstance(event, JobEnded) for event in service.events)
    queue = service.queues.restart()
    assert queue.pending() == ["a", "b"]
    assert queue.recovered == []
    service.start(backend)
    assert service.ended("a").row.crashes == ()


@pytest.mark.parametrize("outcome", [Failed("it was disturbed", "3"), Crashed("3", "it hung")])
def test_what_goes_wrong_while_stopping_is_not_held_against_the_job(
    service: Service, outcome: Outcome
) -> None:
    def script(backend: Scripted, _request: JobRequest, _on_event: OnEvent) -> Outcome:
        assert backend.cancelled.wait(30)
        return outcome

    backend = Scripted(a=[script])
    service.start(backend)
    service.enqueue("a")
    assert backend.begun.wait(30)
    service.stop()
    taken = service.queues.queue.take(lambda: None)
    assert taken is not None
    assert taken.crashes == ()


def test_stopping_without_haste_lets_the_job_come_to_its_end(service: Service) -> None:
    def script(backend: Scripted, request: JobRequest, on_event: OnEvent) -> Outcome:
        while not service.dispatchers[0]._stop.is_set():
            time.sleep(0.001)
        return well(backend, request, on_event)

    backend = Scripted(a=[script])
    service.start(backend)
    service.enqueue("a", "b")
    assert backend.begun.wait(30)
    assert service.dispatchers[0].stop(checkpoint=False, seconds=30)
    assert service.ended("a").row.status is JobStatus.DONE
    assert service.queues.queue.pending() == ["b"]


def test_a_backend_that_does_not_stop_in_time_loses_no_job(service: Service) -> None:
    def stubborn(backend: Scripted, _request: JobRequest, _on_event: OnEvent) -> Outcome:
        assert backend.cancelled.wait(30)
        time.sleep(0.2)
        return Done(1.0)

    backend = Scripted(a=[stubborn])
    service.start(backend)
    service.enqueue("a", "b")
    assert backend.begun.wait(30)
    assert not service.dispatchers[0].stop(seconds=0.01)
    assert service.queues.restart().pending() == ["a", "b"]


def test_stopping_before_it_started_is_fine(queues: Queues) -> None:
    dispatcher = Dispatcher(queues.queue, Scripted(), queues.events.append, print)
    assert dispatcher.stop()


def test_two_backends_share_a_queue(service: Service) -> None:
    one, two = Scripted(a=[_until_cancelled]), Scripted(a=[_until_cancelled])
    service.enqueue("a", "b", "c", "d")
    service.start(one, two)
    for name in "bcd":
        service.ended(name)
    service.queues.queue.cancel("a")
    service.ended("a")
    assert sorted(one.ran + two.ran) == list("abcd")
    assert service.queues.history.count(Choice()) == 4


def test_it_waits_for_a_database_that_is_locked_and_goes_on(queues: Queues) -> None:
    queues.store.close()
    queues.store = Store(queues.path, queues.warnings.append, patience=0.01)
    queues.queue = type(queues.queue)(queues.store, queues.events.append)
    queues.history = type(queues.history)(queues.store)
    service = Service(queues)
    other = sqlite3.connect(queues.path, isolation_level=None, check_same_thread=False)

    def lock(backend: Scripted, request: JobRequest, on_event: OnEvent) -> Outcome:
        other.execute("BEGIN IMMEDIATE")
        return well(backend, request, on_event)

    service.start(Scripted(a=[lock]))
    service.enqueue("a", "b")
    while not service.warnings:
        time.sleep(0.001)
    time.sleep(0.05)
    with closing(other):
        other.execute("COMMIT")
    assert service.ended("a").row.status is JobStatus.DONE
    assert service.ended("b").row.status is JobStatus.DONE
    service.stop()
    assert len(service.warnings) == 1
    assert "locked by another process" in service.warnings[0]


def test_a_fault_of_our_own_costs_one_job_and_says_so(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = service.queues.queue.finish_along
    calls: list[str] = []

    def broken_once(job_id: str, *rest: object) -> Callable[[], object]:
        calls.append(job_id)
        if len(calls) == 1:
            raise ZeroDivisionError("a fault")
        return finish(job_id, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(service.queues.queue, "finish_along", broken_once)
    service.start(Scripted())
    service.enqueue("a", "b")
    error = service.ended("a").result.error
    assert error is not None
    assert "ZeroDivisionError: a fault" in error.sentence
    assert service.ended("b").row.status is JobStatus.DONE
    assert len(service.warnings) == 1


def test_events_reach_those_who_listen_to_the_bus(queues: Queues) -> None:
    bus = Bus(first=0)
    publish: Callable[[events.Event], None] = bus.publish
    queues.store.close()
    queues.store = Store(queues.path, print)
    queue = type(queues.queue)(queues.store, publish)
    dispatcher = Dispatcher(queue, Scripted(), publish, print)
    dispatcher.start()
    Thread(target=lambda: queue.enqueue(job("a"))).start()
    while not any(isinstance(told.event, JobEnded) for told in bus.read(-1)):
        time.sleep(0.001)
    names = [type(told.event).__name__ for told in bus.read(-1) if told.event.job == "a"]
    assert names == [
        "JobQueued",
        "JobTaken",
        "JobStarted",
        "NodeStarted",
        "NodeFinished",
        "JobFinished",
        "JobEnded",
    ]
    assert dispatcher.stop(seconds=30)
