"""Jobs handed to a worker before their turn: they begin in order, once, or not at all."""

from __future__ import annotations

import os
import signal
import sys
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from graph.backends.link import Returned
from graph.backends.process import ProcessBackend
from graph.backends.protocol import CancelledOutcome, Crashed, Done, Outcome
from graph.events import Event as Told
from graph.events import NodeProgress
from tests.support.workers import Listener, job, make_workshop, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessBackend]:
    """A backend whose worker has stub nodes."""
    made = ProcessBackend(make_workshop, tmp_path_factory.mktemp("base"), grace=0.3)
    assert made.wait(60) == ""
    yield made
    made.close()


def _unexpected() -> None:
    raise AssertionError("it was given back")


def _mark(path: Path) -> dict[str, str]:
    return {"mark": str(path)}


def test_jobs_that_were_handed_over_run_in_order_without_being_asked_for(
    backend: ProcessBackend, tmp_path: Path
) -> None:
    requests = [
        job("Steps", job_id=f"quick {at}", shown=True, count=1, **_mark(tmp_path / str(at)))
        for at in range(3)
    ]
    assert all(backend.hand_over(request, _unexpected) for request in requests)
    wait_for((tmp_path / "2").exists)  # before anybody called `run`
    for request in requests:
        told = Listener()
        assert isinstance(backend.run(request, told), Done)
        assert {event.job for event in told.events} == {request.id}
        assert told.kinds[0] == "JobStarted"
        assert told.kinds[-1] == "JobFinished"


def test_what_is_behind_a_job_that_takes_its_time_is_given_back_and_can_run_later(
    backend: ProcessBackend, tmp_path: Path
) -> None:
    slow = job("Steps", job_id="slow", shown=True, count=40, milliseconds=10)
    behind = job("Steps", job_id="behind", shown=True, count=1, **_mark(tmp_path / "mark"))
    returned: list[bool] = []
    assert backend.hand_over(slow, _unexpected)
    assert backend.hand_over(behind, lambda: returned.append((tmp_path / "mark").exists()))
    assert isinstance(backend.run(slow, Listener()), Done)
    assert returned == [False]
    assert not (tmp_path / "mark").exists()
    told = Listener()
    assert isinstance(backend.run(behind, told), Done)
    assert told.kinds.count("NodeFinished") == told.kinds.count("NodeStarted") > 0


def test_a_job_that_is_cancelled_while_it_waits_there_does_nothing(
    backend: ProcessBackend, tmp_path: Path
) -> None:
    first = job("Steps", job_id="first", shown=True, count=5, milliseconds=10)
    second = job("Steps", job_id="second", shown=True, count=1, **_mark(tmp_path / "mark"))
    for request in (first, second):
        assert backend.hand_over(request, _unexpected)
    backend.cancel("second")
    assert isinstance(backend.run(first, Listener()), Done)
    assert isinstance(backend.run(second, Listener()), CancelledOutcome)
    assert not (tmp_path / "mark").exists()


def test_to_cancel_the_first_leaves_the_second_alone(backend: ProcessBackend) -> None:
    begun = Event()
    told = Listener(lambda _event: begun.set())
    first = job("Steps", job_id="endless", shown=True, count=10_000, milliseconds=10)
    second = job("Steps", job_id="next", shown=True, count=1)
    returned: list[bool] = []
    for request in (first, second):
        assert backend.hand_over(request, lambda: returned.append(True))
    outcomes: list[Outcome] = []
    thread = Thread(target=lambda: outcomes.append(backend.run(first, told)))
    thread.start()
    assert begun.wait(30)
    backend.cancel("endless")
    thread.join(30)
    assert isinstance(outcomes[0], CancelledOutcome)
    assert isinstance(backend.run(second, Listener()), Done)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_worker_that_dies_in_the_first_costs_the_second_nothing(backend: ProcessBackend) -> None:
    first = job("Kill", job_id="deadly", how="exit")
    second = job("Number", job_id="innocent", value=7)
    for request in (first, second):
        assert backend.hand_over(request, _unexpected)
    assert isinstance(backend.run(first, Listener()), Crashed)
    told = Listener()
    assert isinstance(backend.run(second, told), Done)
    assert told.kinds[0] == "JobStarted"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_nothing_is_handed_over_while_there_is_no_worker(backend: ProcessBackend) -> None:
    pid = backend.worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: backend.worker_pid is None)
    assert not backend.hand_over(job("Number", job_id="early"), _unexpected)
    assert backend.wait(60) == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_what_a_dead_worker_was_given_comes_first(backend: ProcessBackend) -> None:
    assert backend.wait(60) == ""
    pid = backend.worker_pid
    assert pid is not None
    first, second = job("Number", job_id="before"), job("Number", job_id="after")
    os.kill(pid, signal.SIGSTOP)
    assert backend.hand_over(first, _unexpected)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: backend.worker_pid not in {None, pid})
    assert not backend.hand_over(second, _unexpected)
    for request in (first, second):
        told = Listener()
        assert isinstance(backend.run(request, told), Done)
        assert {event.job for event in told.events} == {request.id}


def test_nothing_is_handed_over_behind_a_job_that_may_be_on_its_way_back(
    backend: ProcessBackend,
) -> None:
    assert backend.wait(60) == ""
    first = job("Steps", job_id="patient", shown=True, count=20, milliseconds=10)
    second, third = job("Number", job_id="returned"), job("Number", job_id="third")
    for request in (first, second):
        assert backend.hand_over(request, _unexpected)
    link = backend._jobs["patient"].link
    assert link is not None
    backend._recall(backend._jobs["patient"])
    said = [link.inbox.get(timeout=30)]
    while not isinstance(said[-1], Done):
        said.append(link.inbox.get(timeout=30))
    # As if it had been given back in the last moment, when the first was done.
    for item in sorted(said, key=lambda item: isinstance(item, Returned)):
        link.inbox.put(item)
    assert isinstance(backend.run(first, Listener()), Done)
    assert not backend.hand_over(third, _unexpected)
    for request in (second, third):
        told = Listener()
        assert isinstance(backend.run(request, told), Done)
        assert {event.job for event in told.events} == {request.id}


def test_what_was_told_to_a_listener_that_failed_is_not_taken_for_the_next_job(
    backend: ProcessBackend,
) -> None:
    assert backend.wait(60) == ""

    def fail(_event: Told) -> None:
        raise ZeroDivisionError("a fault")

    first = job("Number", job_id="unheard", value=11)
    second = job("Number", job_id="heard", value=12)
    for request in (first, second):
        assert backend.hand_over(request, _unexpected)
    link = backend._jobs["heard"].link
    assert link is not None
    wait_for(lambda: not link._heard)  # both are done
    with pytest.raises(ZeroDivisionError):
        backend.run(first, fail)
    told = Listener()
    assert isinstance(backend.run(second, told), Done)
    assert {event.job for event in told.events} == {"heard"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_new_worker_knows_whether_previews_are_wanted_of_what_is_handed_over(
    backend: ProcessBackend,
) -> None:
    assert backend.wait(60) == ""
    backend.want_previews(True)
    pid = backend.worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: backend.worker_pid not in {None, pid})
    shown = job("Steps", job_id="shown", count=20, milliseconds=10)
    assert backend.hand_over(shown, _unexpected)
    told = Listener()
    assert isinstance(backend.run(shown, told), Done)
    backend.want_previews(False)
    assert any(event.preview for event in told.events if isinstance(event, NodeProgress))
