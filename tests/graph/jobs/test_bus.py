"""Bus: numbered, bounded; who is slow loses previews, then progress, then is told."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import events
from graph.jobs.bus import Bus, MissedEventsError, Told
from graph.jobs.queue_events import JobEnded
from graph.jobs.record import JobStatus
from tests.graph.jobs.scripted import node


@dataclass(frozen=True, slots=True, kw_only=True)
class Novelty(events.Event):
    """An event of some later version."""

    detail: str


def _step(value: int, node_id: str = "1", job: str = "a", preview: object = None) -> events.Event:
    facts = {"value": value, "total": 99, "seconds_per_step": None, "preview": preview}
    return node(job, events.NodeProgress, node_id, **facts)


def _fact(job: str = "a") -> events.Event:
    return node(job, events.NodeWarning, text="")


def _finished(node_id: str = "1", job: str = "a") -> events.Event:
    return node(job, events.NodeFinished, node_id, seconds=1.0, ui=None)


def _numbers(told: list[Told]) -> list[int]:
    return [one.number for one in told]


def _values(told: list[Told]) -> list[int]:
    return [one.event.value for one in told if isinstance(one.event, events.NodeProgress)]


def _previews(told: list[Told]) -> list[object]:
    return [one.event.preview for one in told if isinstance(one.event, events.NodeProgress)]


def test_events_are_numbered_in_their_order_and_asked_for_after_a_number() -> None:
    bus = Bus(first=10)
    heard = [_fact(), _step(1), _fact("b")]
    for event in heard:
        bus.publish(event)
    assert bus.latest == 12
    assert bus.read(9) == [Told(number, event) for number, event in enumerate(heard, 10)]
    assert _numbers(bus.read(10)) == [11, 12]
    assert bus.read(12) == []


def test_what_is_asked_for_can_be_handed_over_in_parts() -> None:
    bus = Bus(first=0)
    for number in range(10):
        bus.publish(_fact() if number % 3 else _step(number))
    assert _numbers(bus.read(-1, 4)) == [0, 1, 2, 3]
    assert _numbers(bus.read(3, 4)) == [4, 5, 6, 7]
    assert _numbers(bus.read(7, 4)) == [8, 9]


def test_a_gap_that_is_too_old_is_said_with_the_number_to_go_on_from() -> None:
    bus = Bus(most=3, first=0)
    for _ in range(5):
        bus.publish(_fact())
    assert _numbers(bus.read(1)) == [2, 3, 4]
    with pytest.raises(MissedEventsError, match="after number 0 are not kept") as raised:
        bus.read(0)
    assert raised.value.resume == 4


def test_numbers_of_an_earlier_process_are_a_gap() -> None:
    earlier = Bus()
    earlier.publish(_fact())
    time.sleep(0.001)
    bus = Bus()
    assert bus.latest > earlier.latest
    with pytest.raises(MissedEventsError):
        bus.read(earlier.latest)
    with pytest.raises(MissedEventsError):
        bus.read(bus.latest + 1)
    assert bus.read(bus.latest) == []


def test_pictures_that_are_results_stay_longer_than_previews() -> None:
    bus = Bus(previews=2, first=0)
    results = [events.WholePicture(b"%d" % value) for value in range(80)]
    for value, result in enumerate(results):
        bus.publish(_step(value, preview=result))
    assert _previews(bus.read(-1)) == [None] * 16 + results[16:]


def test_who_is_slow_loses_previews_first() -> None:
    bus = Bus(previews=2, first=0)
    for value in range(5):
        bus.publish(_step(value, preview=f"picture {value}"))
    told = bus.read(-1)
    assert _values(told) == [0, 1, 2, 3, 4]
    assert _previews(told) == [None, None, None, "picture 3", "picture 4"]


def test_then_progress_but_the_last_of_each_node_that_runs() -> None:
    bus = Bus(progress=2, previews=1, first=0)
    bus.publish(_fact())
    for value in range(5):
        bus.publish(_step(value, "1"))
        bus.publish(_step(10 + value, "2"))
    for value in range(20, 22):
        bus.publish(_step(value, "3"))
    assert _values(bus.read(-1)) == [4, 14, 20, 21]
    assert _numbers(bus.read(-1)) == [0, 9, 10, 11, 12]
    assert _values(bus.read(9)) == [14, 20, 21]


def test_progress_of_nodes_that_are_done_is_not_kept_for_the_slow() -> None:
    bus = Bus(progress=1, previews=1, first=0)
    bus.publish(_step(1, "1"))
    bus.publish(_step(1, "2"))
    bus.publish(_step(1, "3", job="b"))
    bus.publish(_finished("1"))
    bus.publish(_step(2, "4", job="c"))
    assert _numbers(bus.read(-1)) == [1, 2, 3, 4]
    bus.publish(
        JobEnded(job="b", number=0, time=0.0, client=None, status=JobStatus.DONE, error=None)
    )
    assert _numbers(bus.read(-1)) == [1, 3, 4, 5]
    bus.publish(events.JobFinished(job="a", number=0, time=0.0, seconds=1.0))
    assert _numbers(bus.read(-1)) == [3, 4, 5, 6]
    assert set(bus._last_steps) == {("c", "4")}


def test_progress_pushes_out_nothing_else() -> None:
    bus = Bus(most=5, progress=2, previews=1, first=0)
    for _ in range(5):
        bus.publish(_fact())
    for value in range(1000):
        bus.publish(_step(value))
    assert len(bus.read(-1)) == 7


def test_events_that_it_does_not_know_are_never_lost() -> None:
    bus = Bus(progress=1, previews=1, first=0)
    for number in range(100):
        bus.publish(Novelty(job="a", number=number, time=0.0, detail="new"))
    assert _numbers(bus.read(-1)) == list(range(100))


_KINDS = st.sampled_from(["fact", "step", "other step", "done", "job done"])


@given(st.lists(_KINDS, max_size=60), st.integers(1, 7), st.data())
def test_a_reader_of_any_pace_sees_every_fact_in_order_or_is_told(
    kinds: list[str], at_once: int, data: st.DataObject
) -> None:
    made = {
        "fact": _fact(),
        "step": _step(1, "1"),
        "other step": _step(1, "2"),
        "done": _finished("1"),
        "job done": events.JobFinished(job="a", number=0, time=0.0, seconds=1.0),
    }
    bus = Bus(most=20, progress=3, previews=2, first=0)
    facts: set[int] = set()
    seen: list[int] = []
    excused = since = -1

    def read() -> None:
        nonlocal since, excused
        try:
            told = bus.read(since, at_once)
        except MissedEventsError as error:
            since = excused = error.resume
            return
        assert len(told) <= at_once
        seen.extend(_numbers(told))
        since = seen[-1] if told else bus.latest

    for number, kind in enumerate(kinds):
        bus.publish(made[kind])
        if "step" not in kind:
            facts.add(number)
        if data.draw(st.integers(0, 3)) == 0:
            read()
    while since < bus.latest:
        read()
    assert seen == sorted(set(seen))
    assert {number for number in facts if number > excused} <= set(seen)
    if kinds and kinds[-1].endswith("step") and excused < len(kinds) - 1:
        assert seen[-1] == len(kinds) - 1
