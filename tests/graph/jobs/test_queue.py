"""JobQueue: accepted is committed, order and pause outlive a restart, every change is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from graph.backends.protocol import Crashed
from graph.jobs.errors import DuplicateJobError, UnfitJobError, UnknownJobError
from graph.jobs.queue_events import JobEnded, JobPutBack, JobQueued, JobTaken, QueueChanged
from graph.jobs.record import JobStatus, NewJob
from tests.graph.jobs.prompts import PROMPT, RESULT, job, numbered

if TYPE_CHECKING:
    from graph.jobs.queue import JobQueue
    from tests.graph.jobs.conftest import Queues


def test_jobs_are_taken_in_their_order_with_what_was_asked_for(queue: JobQueue) -> None:
    asked = NewJob(
        prompt=PROMPT,
        id="first",
        client="me",
        extra_data={"extra_pnginfo": {"workflow": {"id": "w"}}, "other": 1},
        targets=("2",),
    )
    assert queue.enqueue(asked).number == 1
    queue.enqueue(job("second"))
    taken = queue.take(lambda: None)
    assert taken is not None
    assert taken.request.id == "first"
    assert taken.request.prompt == PROMPT
    assert taken.request.extra_pnginfo == {"workflow": {"id": "w"}}
    assert taken.request.targets == ("2",)
    assert taken.crashes == ()
    assert queue.pending() == ["second"]
    assert queue.running() == ["first"]
    assert queue.counts == (1, 1)


def test_an_empty_queue_gives_nothing(queue: JobQueue) -> None:
    assert queue.take(lambda: None) is None
    assert not queue.wait(0)


def test_numbers_are_those_that_clients_know_from_comfyui(queue: JobQueue) -> None:
    numbers = [
        queue.enqueue(one).number
        for one in (job("a"), job("b", front=True), numbered("c", 0.5), job("d"))
    ]
    assert numbers == [1, -2, 0.5, 4]
    assert queue.pending() == ["b", "c", "a", "d"]


def test_an_event_loop_can_queue_jobs(queue: JobQueue) -> None:
    async def several() -> None:
        await asyncio.gather(*(queue.enqueue_soon(job(f"{number}")) for number in range(10)))

    asyncio.run(several())
    assert queue.pending() == [str(number) for number in range(10)]


def test_an_id_cannot_be_used_twice_and_harms_nobody(queue: JobQueue) -> None:
    queue.enqueue(job("a"))
    with pytest.raises(DuplicateJobError, match="there is a job a already; leave its prompt_id"):
        queue.enqueue(job("a"))
    assert queue.enqueue(job("b")).number == 2
    assert queue.counts == (2, 0)


@pytest.mark.parametrize(
    ("unfit", "what"),
    [
        (replace(job("a"), prompt={"1": object()}), "JSON"),
        (replace(job("a"), extra_data={"1": {1, 2}}), "JSON"),
        (replace(job("a"), id=""), "id of a job"),
        (replace(job("a"), id="a\ud800"), "id of a job"),
        (replace(job("a"), client="x" * 2000), "client id"),
        (numbered("a", float("nan")), "number of a job"),
        (numbered("a", float("-inf")), "number of a job"),
    ],
)
def test_what_cannot_be_written_down_is_refused(queue: JobQueue, unfit: NewJob, what: str) -> None:
    with pytest.raises(UnfitJobError, match=what):
        queue.enqueue(unfit)
    assert queue.counts == (0, 0)


def test_a_prompt_too_deep_for_json_is_refused(queue: JobQueue) -> None:
    deep: dict[str, object] = {}
    for _ in range(100_000):
        deep = {"a": deep}
    with pytest.raises(UnfitJobError, match="JSON"):
        queue.enqueue(replace(job("a"), prompt=deep))
    while deep:
        deep = deep["a"]  # type: ignore[assignment] # or else taking it apart is too deep, too


def test_odd_text_comes_out_as_it_went_in(queue: JobQueue) -> None:
    odd = {"1": {"class_type": "Odd", "inputs": {"text": "\ud800 \0 雪 \u2028", "nan": 1e999}}}
    queue.enqueue(replace(job("a"), prompt=odd))
    taken = queue.take(lambda: None)
    assert taken is not None
    assert taken.request.prompt == odd


def test_a_hundred_jobs_are_there_after_a_restart_in_their_order(queues: Queues) -> None:
    for number in range(100):
        queues.queue.enqueue(job(f"{number}", f"client {number % 7}", front=number % 10 == 3))
    for _ in range(5):
        queues.take()
    before = queues.queue.pending()
    running = queues.queue.running()
    after = queues.restart()
    assert after.recovered == running
    assert after.pending() == running + before
    assert after.counts == (100, 0)


def test_turns_outlive_a_restart(queues: Queues) -> None:
    for name in ("a1", "a2", "b1", "b2"):
        queues.queue.enqueue(job(name, name[0]))
    assert queues.take() == "a1"
    queues.queue.finish("a1", JobStatus.DONE, RESULT)
    assert queues.restart().pending() == ["b1", "a2", "b2"]


def test_numbers_are_not_given_twice_even_when_history_is_cleared(queues: Queues) -> None:
    queues.queue.enqueue(job("a"))
    queues.take()
    queues.queue.finish("a", JobStatus.DONE, RESULT)
    queues.history.clear()
    assert queues.restart().enqueue(job("b")).number == 2


def test_several_that_ran_are_at_the_front_again_in_the_order_of_their_start(
    queues: Queues,
) -> None:
    for name in "abcd":
        queues.queue.enqueue(job(name))
    queues.queue.enqueue(job("e", front=True))
    assert [queues.take(), queues.take()] == ["e", "a"]
    assert queues.restart().pending() == ["e", "a", "b", "c", "d"]
    assert queues.restart().pending() == ["e", "a", "b", "c", "d"]


def test_nothing_starts_while_it_is_paused_not_even_after_a_restart(queues: Queues) -> None:
    queues.queue.pause()
    queues.queue.enqueue(job("a"))
    assert queues.take() is None
    queue = queues.restart()
    assert queue.paused
    assert queues.take() is None
    assert not queue.wait(0)
    queue.resume()
    assert queue.wait(0)
    assert queues.take() == "a"
    assert not queues.restart().paused


def test_a_job_that_waits_is_cancelled_at_once_and_becomes_history(queues: Queues) -> None:
    queues.queue.enqueue(job("a"))
    assert queues.queue.cancel("a") is JobStatus.PENDING
    assert queues.take() is None
    record = queues.history.get("a")
    assert record is not None
    assert record.row.status is JobStatus.CANCELLED
    assert record.row.started is None
    assert record.prompt == PROMPT


def test_who_runs_a_job_is_told_that_it_is_unwanted(queue: JobQueue) -> None:
    told: list[str] = []
    queue.enqueue(job("a"))
    queue.take(lambda: told.append("a"))
    assert queue.cancel("a") is JobStatus.RUNNING
    assert told == ["a"]
    queue.finish("a", JobStatus.CANCELLED, RESULT)
    assert queue.cancel("a") is JobStatus.CANCELLED
    assert told == ["a"]


def test_an_unknown_job_cannot_be_cancelled(queue: JobQueue) -> None:
    for unknown in ("nobody", "\ud800"):
        with pytest.raises(UnknownJobError, match="there is no job"):
            queue.cancel(unknown)


def test_deleting_leaves_running_and_unknown_jobs_alone(queue: JobQueue) -> None:
    for name in "abc":
        queue.enqueue(job(name))
    queue.take(lambda: None)
    assert queue.delete(["c", "a", "nobody", "c"]) == ["c"]
    assert queue.pending() == ["b"]
    assert queue.running() == ["a"]


def test_clearing_leaves_running_jobs_alone(queues: Queues) -> None:
    for name in "abc":
        queues.queue.enqueue(job(name))
    queues.take()
    assert queues.queue.clear() == ["b", "c"]
    assert queues.queue.clear() == []
    assert queues.restart().pending() == ["a"]


def test_moves_outlive_a_restart(queues: Queues) -> None:
    queue = queues.queue
    for name in "abcde":
        queue.enqueue(job(name))
    queue.move("e", 0)
    assert queue.pending() == list("eabcd")
    queue.move("e", 2)
    assert queue.pending() == list("abecd")
    queue.move_beside("a", "c", after=True)
    assert queue.pending() == list("becad")
    queue.move_beside("d", "b", after=False)
    assert queue.pending() == list("dbeca")
    queue.move_beside("d", "d", after=True)
    assert queue.pending() == list("dbeca")
    queue.move("d", -1)
    assert queues.restart().pending() == list("becad")


def test_what_does_not_wait_cannot_be_moved(queue: JobQueue) -> None:
    queue.enqueue(job("a"))
    queue.enqueue(job("b"))
    queue.take(lambda: None)
    unknown = pytest.raises(UnknownJobError, match="does not wait in the queue")
    with unknown:
        queue.move("a", 0)
    with unknown:
        queue.move_beside("b", "a", after=True)
    with unknown:
        queue.move("nobody", 0)


def test_a_job_that_crashed_is_at_the_front_again_and_knows_where(queues: Queues) -> None:
    queues.queue.enqueue(job("a"))
    queues.queue.enqueue(job("b", front=True))
    assert queues.take() == "b"
    queues.queue.put_back("b", "it was killed", Crashed("3", "it was killed"))
    queues.queue.enqueue(job("c"))
    queues.take()
    queues.queue.put_back("b", "it was killed again", Crashed(None, "it was killed again"))
    queue = queues.restart()
    assert queue.pending() == ["b", "a", "c"]
    taken = queue.take(lambda: None)
    assert taken is not None
    assert taken.crashes == ("3", None)


def test_only_what_runs_can_end(queue: JobQueue) -> None:
    queue.enqueue(job("a"))
    with pytest.raises(UnknownJobError, match="job a does not run"):
        queue.finish("a", JobStatus.DONE, RESULT)
    with pytest.raises(UnknownJobError, match="job a does not run"):
        queue.put_back("a", "")


def test_everything_is_told_once_it_is_committed(queues: Queues) -> None:
    queue = queues.queue
    queue.enqueue(job("a", "me"))
    queues.take()
    queue.put_back("a", "the worker was killed", Crashed("3", "the worker was killed"))
    queues.take()
    queue.finish("a", JobStatus.DONE, RESULT)
    queue.pause()
    told = [event for event in queues.events if not isinstance(event, QueueChanged)]
    assert [type(event) for event in told] == [JobQueued, JobTaken, JobPutBack, JobTaken, JobEnded]
    assert all(getattr(event, "client", "") == "me" for event in told)
    changes = [event for event in queues.events if isinstance(event, QueueChanged)]
    assert [(event.pending, event.running) for event in changes] == [
        (1, 0),
        (0, 1),
        (1, 0),
        (0, 1),
        (0, 0),
        (0, 0),
    ]
    assert [event.paused for event in changes] == [False] * 5 + [True]


def test_history_can_be_read_when_the_end_is_told(queues: Queues) -> None:
    seen: list[object] = []
    queues.queue.enqueue(job("a"))
    queues.take()
    queues.queue.finish(
        "a", JobStatus.DONE, RESULT, before=lambda: seen.append(queues.history.get("a"))
    )
    assert seen == [queues.history.get("a")]
    assert seen[0] is not None


def test_who_waits_for_a_job_is_woken_by_one(queue: JobQueue) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(queue.wait, 60)
        queue.enqueue(job("a"))
        assert waiting.result(30)
