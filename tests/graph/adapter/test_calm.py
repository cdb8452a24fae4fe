"""What foreign code runs within, in threads, coroutines and the tasks that these make."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from graph.adapter.calm import SERVICE
from graph.adapter.node_class import adapt
from graph.decorator import node
from tests.graph.adapter.classes import make
from tests.graph.stub_engine import Number, Stubs, wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Room(threading.local):
    """Notes who is within, as libraries do for each thread."""

    inside = 0

    @contextmanager
    def enter(self) -> Iterator[None]:
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1


ROOM = Room()
SEEN: list[tuple[str, int]] = []


async def _look(who: str) -> None:
    for _ in range(3):
        SEEN.append((who, ROOM.inside))
        await asyncio.sleep(0.001)


@node("Ours", category="stub")
async def ours() -> Number:
    """Look around, at the same time as the others."""
    await asyncio.gather(_look("ours"), asyncio.create_task(_look("ours")))
    return 1


async def _later(_self: object) -> tuple[int]:
    async def fail() -> None:
        await asyncio.sleep(0)
        raise ValueError("of the wind")

    await _look("itself")
    await asyncio.gather(_look("gathered"), asyncio.create_task(_look("task"), name="my task"))
    async with asyncio.TaskGroup() as group:
        group.create_task(_look("group"))
    waits = asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    waits.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waits
    with pytest.raises(ValueError, match="of the wind"):
        await asyncio.create_task(fail())
    return (1,)


def _now(_self: object) -> tuple[int]:
    SEEN.append(("plain", ROOM.inside))
    return (1,)


@pytest.fixture
def stubs(tmp_path: Path) -> Stubs:
    found = Stubs(tmp_path, 10_000, ours)
    for name, function in (("Later", _later), ("Now", _now)):
        found.engine.registry.add(adapt(make({}, function), name))
    found.services[SERVICE] = ROOM.enter
    SEEN.clear()
    return found


def test_foreign_code_runs_within_and_so_do_the_tasks_that_it_makes(stubs: Stubs) -> None:
    result = stubs.run(wire(a="Later", b="Now", c="Ours"), "a", "b", "c")
    assert result.values == {"a": (1,), "b": (1,), "c": (1,)}
    places = {who: {inside for other, inside in SEEN if other == who} for who, _ in SEEN}
    assert places == {
        "ours": {0},
        **{who: {1} for who in ("itself", "gathered", "task", "group", "plain")},
    }


def test_without_anything_to_run_within_it_runs_all_the_same(stubs: Stubs) -> None:
    del stubs.services[SERVICE]
    assert stubs.run(wire(a="Later"), "a").values == {"a": (1,)}
    assert {inside for _, inside in SEEN} == {0}
