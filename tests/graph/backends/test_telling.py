"""Events and outcomes as plain data: what is read is what was said."""

from __future__ import annotations

import pytest

from graph import events
from graph.backends.protocol import CancelledOutcome, Crashed, Done, Failed, JobRequest, Outcome
from graph.backends.telling import (
    plain_event,
    plain_outcome,
    plain_request,
    read,
    read_event,
    read_outcome,
)
from graph.backends.wire import pack, unpack
from graph.problems import Problem

_AT = {"job": "j", "number": 3, "time": 1.5}
_NODE = {**_AT, "node_id": "1", "class_type": "A", "display_node": "1"}
_PROBLEM = Problem(type="t", expected="a", got="b", node_id="1")

EVENTS = [
    events.JobStarted(**_AT, nodes=("1", "2")),  # type: ignore[arg-type]
    events.NodeStarted(**_NODE, reason="first run"),  # type: ignore[arg-type]
    events.NodeProgress(**_NODE, value=1, total=2, seconds_per_step=None, preview=b"jpeg"),  # type: ignore[arg-type]
    events.NodeFinished(**_NODE, seconds=0.5, ui={"a": [1]}),  # type: ignore[arg-type]
    events.JobCancelled(**_AT, node_id=None),  # type: ignore[arg-type]
]
OUTCOMES = [
    Done(1.5, (_PROBLEM,), ("odd",)),
    Failed("no", "1", "A", "ValueError", "Traceback", (_PROBLEM, _PROBLEM)),
    Failed("no"),
    CancelledOutcome("1"),
    CancelledOutcome(),
    Crashed("1", "gone"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_arrives_as_it_was_told(event: events.Event) -> None:
    assert read_event(unpack(pack(plain_event(event)))) == event


@pytest.mark.parametrize("outcome", OUTCOMES, ids=repr)
def test_an_outcome_arrives_as_it_was(outcome: Outcome) -> None:
    assert read_outcome(unpack(pack(plain_outcome(outcome)))) == outcome


@pytest.mark.parametrize(
    "request_",
    [
        JobRequest("j", {"1": {"class_type": "A", "inputs": {}}}),
        JobRequest("j", {}, {"workflow": {}}, ("1", "2"), allow_broken=False),
    ],
)
def test_a_request_arrives_as_it_was_made(request_: JobRequest) -> None:
    assert read(JobRequest, unpack(pack(plain_request(request_)))) == request_
