"""History: jobs listed by page, status and order; looked up; deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.jobs.history import Choice
from graph.jobs.queue import JobQueue
from graph.jobs.record import (
    OPEN,
    JobError,
    JobStatus,
    NewJob,
    NodeRecord,
    Result,
)
from tests.graph.jobs.prompts import PROMPT, RESULT, job

if TYPE_CHECKING:
    from graph.jobs.history import History
    from tests.graph.jobs.conftest import Queues


@pytest.fixture
def history(queues: Queues) -> History:
    """Ten jobs that ended in their order, every third failed; one that runs, one that waits."""
    for number in range(12):
        queues.queue.enqueue(job(f"{number}"))
    for number in range(10):
        queues.take()
        status = JobStatus.FAILED if number % 3 == 0 else JobStatus.DONE
        queues.queue.finish(f"{number}", status, RESULT)
    queues.take()
    return queues.history


def _ids(history: History, choice: Choice) -> list[str]:
    return [row.id for row in history.rows(choice)]


def test_the_newest_end_comes_first_unless_told_otherwise(history: History) -> None:
    assert _ids(history, Choice()) == list("9876543210")
    assert _ids(history, Choice(newest_first=False)) == list("0123456789")


def test_it_can_be_read_page_by_page(history: History) -> None:
    pages = [_ids(history, Choice(offset=offset, most=4)) for offset in (0, 4, 8, 12)]
    assert pages == [list("9876"), list("5432"), list("10"), []]
    assert history.count(Choice(offset=4, most=4)) == 10


def test_only_some_statuses_can_be_asked_for(history: History) -> None:
    assert _ids(history, Choice(statuses=[JobStatus.FAILED])) == list("9630")
    assert history.count(Choice(statuses=[JobStatus.FAILED])) == 4
    both = Choice(statuses=OPEN, sort="created", newest_first=False)
    assert _ids(history, both) == ["10", "11"]
    assert _ids(history, Choice(statuses=[])) == []


def test_jobs_can_be_sorted_by_arrival_and_by_how_long_they_ran(queues: Queues) -> None:
    import time

    for name in "abc":
        queues.queue.enqueue(job(name))
    for _ in range(3):
        queues.take()
    for name in "bca":
        time.sleep(0.002)
        queues.queue.finish(name, JobStatus.DONE, RESULT)
    history = queues.history
    assert _ids(history, Choice(sort="created")) == list("cba")
    assert _ids(history, Choice(sort="ended", newest_first=False)) == list("bca")
    assert _ids(history, Choice(sort="seconds"))[0] == "a"


def test_jobs_of_one_workflow_can_be_asked_for(queues: Queues) -> None:
    for name, workflow in (("a", "one"), ("b", "two"), ("c", "one")):
        extra = {"extra_pnginfo": {"workflow": {"id": workflow}}}
        queues.queue.enqueue(NewJob(prompt=PROMPT, id=name, extra_data=extra))
    choice = Choice(statuses=OPEN, workflow="one", sort="created")
    assert _ids(queues.history, choice) == ["c", "a"]
    assert queues.history.count(choice) == 2


@pytest.mark.parametrize("extra", [{}, {"extra_pnginfo": None}, {"extra_pnginfo": {"workflow": 1}}])
def test_a_job_needs_no_workflow(queues: Queues, extra: dict[str, object]) -> None:
    queues.queue.enqueue(NewJob(prompt=PROMPT, id="a", extra_data=extra))
    record = queues.history.get("a")
    assert record is not None
    assert record.row.workflow is None
    assert record.extra_data == extra


def test_everything_about_a_job_comes_back_as_it_was(queues: Queues) -> None:
    result = Result(
        nodes={
            "1": NodeRecord("Load", cached=True),
            "2:5": NodeRecord("Draw", False, "seed: 1 → 2", 1.5, display_node="2"),
        },
        outputs={"2:5": {"images": [{"filename": "雪.png", "subfolder": "", "type": "output"}]}},
        error=JobError("it broke", "Traceback …", "2:5", "Draw", "ValueError"),
        problems=({"type": "value_not_in_list", "node_id": "9"},),
        warnings=("odd",),
    )
    asked = NewJob(
        prompt=PROMPT,
        id="a",
        client="me",
        extra_data={"client_id": "me"},
        targets=("2",),
        outputs=("2", "3"),
    )
    queues.queue.enqueue(asked)
    queues.take()
    queues.queue.finish("a", JobStatus.FAILED, result)
    queues.restart()
    record = queues.history.get("a")
    assert record is not None
    assert record.result == result
    assert (record.prompt, record.extra_data) == (PROMPT, {"client_id": "me"})
    assert (record.targets, record.outputs) == (("2",), ("2", "3"))
    assert record.row.client == "me"
    assert record.row.started is not None
    assert record.row.ended is not None
    assert record.row.created <= record.row.started <= record.row.ended
    assert queues.history.records(Choice()) == [record]


def test_what_json_has_no_word_for_is_kept_as_text(queues: Queues) -> None:
    circle: dict[str, object] = {}
    circle["me"] = circle
    outputs: dict[str, dict[str, object]] = {
        "1": {"odd": {1, 2}},
        "2": {"fine": [1]},
        "3": circle,
        "4": {"b": b"x"},
    }
    queues.queue.enqueue(job("a"))
    queues.take()
    queues.queue.finish("a", JobStatus.DONE, Result(outputs=outputs))
    record = queues.history.get("a")
    assert record is not None
    assert record.result.outputs == {
        "1": {"odd": "{1, 2}"},
        "2": {"fine": [1]},
        "3": {},
        "4": {"b": "b'x'"},
    }


def test_jobs_are_looked_up_in_the_order_asked_for(history: History) -> None:
    found = history.get_all(["11", "nobody", "3", "10", "0"])
    assert [record.row.id for record in found] == ["11", "3", "10", "0"]
    assert history.get("nobody") is None


def test_only_jobs_that_have_ended_can_be_forgotten(queues: Queues, history: History) -> None:
    assert history.delete(["3", "10", "11", "nobody"]) == 1
    assert _ids(history, Choice()) == list("987654210")
    assert history.clear() == 9
    assert history.clear() == 0
    assert queues.queue.pending() == ["11"]
    assert queues.queue.running() == ["10"]
    assert history.get("10") is not None


def test_nothing_is_left_of_what_was_forgotten(queues: Queues, history: History) -> None:
    history.clear()
    left = queues.store.read(
        lambda db: [
            db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in ("jobs", "requests", "results")
        ]
    )
    assert left == [2, 2, 0]


def test_the_oldest_are_forgotten_when_there_are_too_many(queues: Queues) -> None:
    queue = JobQueue(queues.store, queues.events.append, keep=3)
    for number in range(7):
        queue.enqueue(job(f"{number}"))
    for number in range(4):
        queues.queue = queue
        assert queues.take() == f"{number}"
        queue.finish(f"{number}", JobStatus.DONE, RESULT)
    assert _ids(queues.history, Choice()) == list("321")
    queue.delete(["4", "5"])
    assert _ids(queues.history, Choice()) == list("543")
    assert queue.pending() == ["6"]
    assert _left(queues) == {"jobs": 4, "requests": 4, "results": 1}


def test_a_shorter_history_is_cut_when_the_next_server_starts(
    history: History, queues: Queues
) -> None:
    JobQueue(queues.store, queues.events.append, keep=4)
    assert _ids(history, Choice()) == list("9876")
    assert history.count(Choice(statuses=OPEN)) == 2


def test_a_long_history_is_cut_now_and_then_and_all_is_kept_unless_told(queues: Queues) -> None:
    queue = JobQueue(queues.store, queues.events.append, keep=200)
    for number in range(205):
        queue.enqueue(job(f"{number}"))
    queue.delete([f"{number}" for number in range(200)])
    counts = []
    for number in range(200, 203):
        queue.delete([f"{number}"])
        counts.append(queues.history.count(Choice()))
    assert counts == [201, 202, 200]
    everything = JobQueue(queues.store, queues.events.append)
    everything.clear()
    assert queues.history.count(Choice()) == 202


def _left(queues: Queues) -> dict[str, int]:
    tables = ("jobs", "requests", "results")
    asked = " UNION ALL ".join(f"SELECT count(*) FROM {name}" for name in tables)
    counts = queues.store.read(lambda database: database.execute(asked).fetchall())
    return {name: count for name, (count,) in zip(tables, counts, strict=True)}
