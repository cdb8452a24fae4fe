"""Subscription and Listeners: wait for events, in a thread and in an event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from graph import events
from graph.jobs.bus import Bus, MissedEventsError, Told
from graph.jobs.listening import Listeners, Subscription
from tests.graph.jobs.scripted import node

if TYPE_CHECKING:
    from graph.jobs.listening import Listener

_MANY = 2000


def _fact(job: str = "a") -> events.Event:
    return node(job, events.NodeWarning, text="")


def _publish(bus: Bus, count: int = _MANY) -> None:
    for _ in range(count):
        bus.publish(_fact())


def _numbers(told: list[Told]) -> list[int]:
    return [one.number for one in told]


def test_a_subscriber_hears_what_comes_after_it_came() -> None:
    bus = Bus(first=0)
    bus.publish(_fact())
    subscription = Subscription(bus)
    bus.publish(_fact())
    assert _numbers(subscription.take()) == [1]
    assert subscription.take(0) == []


def test_a_subscriber_that_was_away_hears_what_it_missed() -> None:
    bus = Bus(first=0)
    _publish(bus, 5)
    assert _numbers(Subscription(bus, since=1).take()) == [2, 3, 4]


def test_a_subscriber_hears_only_what_it_wants() -> None:
    bus = Bus(first=0)
    subscription = Subscription(bus, wants=lambda event: event.job == "b")
    for job in "aba":
        bus.publish(_fact(job))
    assert _numbers(subscription.take()) == [1]
    assert subscription.take(0) == []
    assert subscription.since == 2


def test_a_thread_waits_for_events_and_misses_none() -> None:
    bus = Bus(first=0)
    subscriptions = [Subscription(bus) for _ in range(3)]

    def listen(subscription: Subscription) -> list[int]:
        heard: list[int] = []
        while len(heard) < 2 * _MANY:
            heard += _numbers(subscription.take(30))
        return heard

    with ThreadPoolExecutor(5) as pool:
        heard = [pool.submit(listen, one) for one in subscriptions]
        pool.submit(_publish, bus)
        pool.submit(_publish, bus)
        assert [one.result(60) for one in heard] == [list(range(2 * _MANY))] * 3


def test_a_subscriber_that_is_too_slow_is_told_once_and_goes_on_after_the_gap() -> None:
    bus = Bus(most=10, first=0)
    subscription = Subscription(bus)
    _publish(bus, 20)
    with pytest.raises(MissedEventsError) as raised:
        subscription.take()
    assert raised.value.resume == subscription.since == 19
    bus.publish(_fact())
    assert _numbers(subscription.take()) == [20]


def test_a_replay_may_come_in_several_parts() -> None:
    bus = Bus(first=0)
    _publish(bus)
    subscription = Subscription(bus, since=-1)
    heard: list[int] = []
    while len(heard) < _MANY:
        heard += _numbers(subscription.take(0))
    assert heard == list(range(_MANY))


def test_who_waits_is_let_go_when_the_bus_is_closed() -> None:
    bus = Bus()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(Subscription(bus).take)
        bus.close()
        assert waiting.result(30) == []


async def _listen(listener: Listener, count: int) -> list[int]:
    heard: list[int] = []
    while len(heard) < count:
        heard += _numbers(await listener.take())
    return heard


def test_tasks_wait_for_events_of_other_threads_and_miss_none() -> None:
    async def scene() -> list[list[int]]:
        bus = Bus(first=0)
        listeners = Listeners(bus)
        tasks = [asyncio.create_task(_listen(listeners.listen(), 2 * _MANY)) for _ in range(20)]
        await asyncio.sleep(0)
        threads = [Thread(target=_publish, args=(bus,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        heard = await asyncio.wait_for(asyncio.gather(*tasks), 60)
        for thread in threads:
            thread.join()
        return heard

    assert asyncio.run(scene()) == [list(range(2 * _MANY))] * 20


def test_a_task_hears_what_its_own_loop_publishes() -> None:
    async def scene() -> list[int]:
        bus = Bus(first=0)
        task = asyncio.create_task(_listen(Listeners(bus).listen(), 1))
        await asyncio.sleep(0)
        bus.publish(_fact())
        return await asyncio.wait_for(task, 30)

    assert asyncio.run(scene()) == [0]


def test_a_stalled_task_harms_nobody_and_is_told() -> None:
    async def scene() -> tuple[list[int], int]:
        bus = Bus(most=50, first=0)
        listeners = Listeners(bus)
        stalled, other = listeners.listen(), listeners.listen()
        heard: list[int] = []
        for _ in range(10):
            _publish(bus, 10)
            heard += _numbers(await other.take())
        with pytest.raises(MissedEventsError) as raised:
            await stalled.take()
        return heard, raised.value.resume

    assert asyncio.run(scene()) == (list(range(100)), 99)


def test_a_task_is_let_go_when_the_bus_is_closed() -> None:
    async def scene() -> list[Told]:
        bus = Bus()
        task = asyncio.create_task(Listeners(bus).listen().take())
        await asyncio.sleep(0)
        Thread(target=bus.close).start()
        return await asyncio.wait_for(task, 30)

    assert asyncio.run(scene()) == []


def test_publishing_goes_on_when_the_loop_of_listeners_is_gone() -> None:
    bus = Bus(first=0)

    async def scene() -> Listeners:
        return Listeners(bus)

    listeners = asyncio.run(scene())
    _publish(bus, 3)
    assert bus.latest == 2
    listeners.close()


def test_a_listener_that_left_is_not_woken() -> None:
    async def scene() -> bool:
        bus = Bus()
        listeners = Listeners(bus)
        listener = listeners.listen()
        listeners.leave(listener)
        bus.publish(_fact())
        await asyncio.sleep(0.01)
        return listener.news.is_set()

    assert not asyncio.run(scene())
