"""Queue, dispatcher and real backends together: an engine in this process, one in a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graph.backends.inline import InlineBackend
from graph.backends.process import ProcessBackend
from graph.jobs.dispatcher import Dispatcher
from graph.jobs.record import JobRecord, JobStatus, NewJob
from tests.support.workers import job, make_engine, make_workshop, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.backends.protocol import Backend
    from tests.graph.jobs.conftest import Queues


@pytest.fixture(params=["inline", "process"])
def kind(request: pytest.FixtureRequest) -> str:
    """Where jobs run."""
    return str(request.param)


@pytest.fixture
def backend(kind: str, tmp_path: Path) -> Iterator[Backend]:
    """Runs jobs."""
    made: Backend
    if kind == "inline":
        made = InlineBackend(make_engine(tmp_path))
    else:
        made = ProcessBackend(make_workshop, tmp_path, grace=0.3)
    yield made
    made.close()


@pytest.fixture
def working(queues: Queues, backend: Backend) -> Iterator[Queues]:
    """A queue that a backend works on."""
    dispatcher = Dispatcher(queues.queue, backend, queues.events.append, queues.warnings.append)
    dispatcher.start()
    yield queues
    assert dispatcher.stop(seconds=30)
    assert queues.warnings == []


def _enqueue(queues: Queues, name: str, *classes: str, **inputs: Any) -> None:  # noqa: ANN401
    queues.queue.enqueue(NewJob(prompt=job(*classes, **inputs).prompt, id=name))


def _ended(queues: Queues, name: str) -> JobRecord:
    def found() -> bool:
        record = queues.history.get(name)
        return record is not None and record.row.ended is not None

    wait_for(found)
    record = queues.history.get(name)
    assert record is not None
    return record


def test_the_second_run_of_a_prompt_lists_its_outputs_though_nothing_ran(working: Queues) -> None:
    _enqueue(working, "first", "Number", value=7)
    _enqueue(working, "second", "Number", value=7)
    first, second = _ended(working, "first"), _ended(working, "second")
    assert [record.row.status for record in (first, second)] == [JobStatus.DONE] * 2
    assert {node.cached for node in first.result.nodes.values()} == {False}
    assert {node.cached for node in second.result.nodes.values()} == {True}
    assert first.result.outputs["s0"]["shown"] == [7]
    assert second.result.outputs == first.result.outputs


def test_a_node_that_raises_costs_its_job_only(working: Queues) -> None:
    _enqueue(working, "bad", "Fail")
    _enqueue(working, "good", "Number")
    error = _ended(working, "bad").result.error
    assert error is not None
    assert (error.node_id, error.class_type) == ("n0", "Fail")
    assert "it cannot be done" in error.sentence
    assert "NodeInputError" in error.exception_type
    assert "Traceback" in error.traceback
    assert _ended(working, "good").row.status is JobStatus.DONE


def test_a_workflow_that_is_wrong_says_everything_that_is_wrong(working: Queues) -> None:
    _enqueue(working, "bad", "Number", "Unheard", "Of", value="seven")
    record = _ended(working, "bad")
    assert record.row.status is JobStatus.FAILED
    assert {"n0", "n1", "n2"} <= {problem["node_id"] for problem in record.result.problems}


def test_a_job_that_runs_is_cancelled_and_the_next_one_runs(
    working: Queues, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    _enqueue(working, "long", "Steps", count=10_000, milliseconds=5, mark=str(mark))
    _enqueue(working, "next", "Number")
    wait_for(mark.exists)
    assert working.queue.cancel("long") is JobStatus.RUNNING
    record = _ended(working, "long")
    assert record.row.status is JobStatus.CANCELLED
    assert record.result.error is not None
    assert record.result.error.node_id == "n0"
    assert _ended(working, "next").row.status is JobStatus.DONE


@pytest.mark.parametrize("kind", ["process"], indirect=True)
def test_a_job_that_kills_its_worker_is_given_up_after_three_and_the_next_one_runs(
    working: Queues,
) -> None:
    _enqueue(working, "deadly", "Kill")
    _enqueue(working, "next", "Number")
    record = _ended(working, "deadly")
    assert record.row.status is JobStatus.FAILED
    assert record.row.crashes == ("n0", "n0", "n0")
    assert record.result.error is not None
    assert "3 times the worker broke down while Kill (node n0) ran" in record.result.error.sentence
    assert _ended(working, "next").row.status is JobStatus.DONE


def test_a_job_goes_on_after_a_restart_in_the_midst_of_it(
    queues: Queues, backend: Backend, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    dispatcher = Dispatcher(queues.queue, backend, queues.events.append, queues.warnings.append)
    dispatcher.start()
    _enqueue(queues, "long", "Steps", count=60, milliseconds=5, mark=str(mark))
    wait_for(mark.exists)
    assert dispatcher.stop(seconds=30)
    assert queues.restart().pending() == ["long"]
    again = Dispatcher(queues.queue, backend, queues.events.append, queues.warnings.append)
    again.start()
    record = _ended(queues, "long")
    assert again.stop(seconds=30)
    assert record.row.status is JobStatus.DONE
    assert record.row.attempts == 0
