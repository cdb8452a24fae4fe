"""Events are numbered and timed, and a pace follows what happened lately."""

from __future__ import annotations

import time
from dataclasses import FrozenInstanceError
from typing import TYPE_CHECKING, Any

import pytest

from graph.events import JobFinished, JobStarted, NodeWarning
from graph.telling import Pace, Teller

if TYPE_CHECKING:
    from graph.events import Event


def test_events_carry_the_job_a_number_and_the_time() -> None:
    heard: list[Event] = []
    teller, before = Teller("job 7", heard.append), time.time()
    teller.tell(JobStarted, nodes=("1",))
    teller.tell(NodeWarning, node_id="1", class_type="Make", display_node="1", text="odd")
    started, warned = heard
    assert isinstance(started, JobStarted)
    assert isinstance(warned, NodeWarning)
    assert (started.job, started.number, started.nodes) == ("job 7", 0, ("1",))
    assert (warned.number, warned.node_id, warned.text) == (1, "1", "odd")
    assert before <= started.time <= warned.time <= time.time()


def test_where_nobody_listens_no_event_is_made() -> None:
    made: list[JobStarted] = []

    class Noted(JobStarted):
        def __init__(self, **facts: Any) -> None:  # noqa: ANN401 - those of the event
            super().__init__(**facts)
            made.append(self)

    Teller("job 7", None).tell(Noted, nodes=())
    assert made == []
    heard: list[Event] = []
    Teller("job 7", heard.append).tell(Noted, nodes=())
    assert made == heard != []


def test_a_pace_follows_what_happened_lately(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 0.0, 4.0, 6.0, 6.5, 16.5])
    monkeypatch.setattr(time, "perf_counter", lambda: next(now))
    pace = Pace()
    assert pace.at(0) is None
    assert pace.at(2) == pytest.approx(2.0)  # two steps in four seconds
    assert pace.at(3) == pytest.approx(2.0)
    assert pace.at(3) == pytest.approx(2.0)  # no step was done
    assert pace.at(4) == pytest.approx((2.0 + 10.5) / 2)


def test_nobody_can_change_what_was_told() -> None:
    event = JobFinished(job="a", number=0, time=0.0, seconds=1.0)
    with pytest.raises(FrozenInstanceError):
        event.seconds = 2.0  # type: ignore[misc]
