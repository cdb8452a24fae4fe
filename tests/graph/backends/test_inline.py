"""Jobs run in this process."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

import pytest

from graph.backends.inline import InlineBackend
from graph.backends.protocol import CancelledOutcome, Done, Failed, JobRequest, Outcome
from graph.events import Event, NodeProgress
from tests.support.workers import Listener, job, make_engine, wait_for

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def backend(tmp_path: Path) -> InlineBackend:
    """A backend over stub nodes."""
    return InlineBackend(make_engine(tmp_path))


def test_a_job_is_done_and_its_events_are_told(backend: InlineBackend) -> None:
    told = Listener()
    outcome = backend.run(job("Number", value=5), told)
    assert isinstance(outcome, Done)
    assert told.kinds[0] == "JobStarted"
    assert told.kinds[-1] == "JobFinished"
    assert {event.job for event in told.events} == {"job"}


def test_a_node_that_raises_is_an_outcome(backend: InlineBackend) -> None:
    outcome = backend.run(job("Fail"), Listener())
    assert isinstance(outcome, Failed)
    assert outcome.sentence == "Fail (node n0): it cannot be done"
    assert (outcome.node_id, outcome.class_type) == ("n0", "Fail")
    assert outcome.exception_type == "graph.errors.NodeInputError"
    assert "NodeInputError: it cannot be done" in outcome.traceback


def test_a_node_that_asks_python_to_exit_fails_its_job_only(backend: InlineBackend) -> None:
    outcome = backend.run(job("Kill", how="sys.exit"), Listener())
    assert isinstance(outcome, Failed)
    assert isinstance(backend.run(job("Number"), Listener()), Done)


def test_a_workflow_that_is_wrong_is_an_outcome_with_its_problems(backend: InlineBackend) -> None:
    outcome = backend.run(job("Nmber"), Listener())
    assert isinstance(outcome, Failed)
    assert [problem.node_id for problem in outcome.problems if problem.class_type == "Nmber"]
    assert not isinstance(backend.run(JobRequest("job", {}), Listener()), Done)


def test_the_targets_alone_run(backend: InlineBackend) -> None:
    prompt = job("Number", "Fail", shown=False).prompt
    assert isinstance(backend.run(JobRequest("job", prompt, targets=("n0",)), Listener()), Done)


def test_a_job_is_cancelled_at_its_next_step(backend: InlineBackend) -> None:
    def cancel(event: Event) -> None:
        if isinstance(event, NodeProgress):
            backend.cancel("another job")
            backend.cancel("job" if event.value == 2 else "")

    told = Listener(cancel)
    assert backend.run(job("Steps", count=50), told) == CancelledOutcome("n0")
    assert told.kinds.count("NodeProgress") == 2
    assert told.kinds[-1] == "JobCancelled"


def test_closing_stops_what_runs_and_waits_for_it(backend: InlineBackend) -> None:
    outcomes: list[Outcome] = []
    started = Listener()
    running = Thread(
        target=lambda: outcomes.append(
            backend.run(job("Steps", count=1000, milliseconds=10), started)
        )
    )
    running.start()
    wait_for(lambda: "NodeProgress" in started.kinds)
    backend.close()
    running.join()
    assert outcomes == [CancelledOutcome("n0")]
