"""Store: changes that wait for each other share a transaction; what fails concerns nobody else."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event
from typing import TYPE_CHECKING

import pytest

from graph.jobs import checkpoints
from graph.jobs.errors import JobsError, StoreBusyError, StoreError, StoreFullError, UnknownJobError
from graph.jobs.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "queue.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty database that waits for nobody for long."""
    made = Store(path, lambda _warning: None, patience=0.2)
    yield made
    made.close()


def _note(name: str) -> Callable[[sqlite3.Connection], str]:
    def change(database: sqlite3.Connection) -> str:
        database.execute("INSERT INTO settings VALUES (?, '')", (name,))
        return name

    return change


def _refuse(_database: sqlite3.Connection) -> str:
    raise UnknownJobError("there is no such job")


def _rows(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as database:
        return {name for (name,) in database.execute("SELECT name FROM settings")}


def test_what_is_written_can_be_read_by_other_processes_at_once(store: Store, path: Path) -> None:
    assert store.write(_note("a")) == "a"
    assert _rows(path) == {"a"}


def test_who_is_to_be_told_is_told_when_it_is_committed(store: Store, path: Path) -> None:
    seen: list[tuple[str, set[str]]] = []
    store.write(_note("a"), lambda name: seen.append((name, _rows(path))))
    assert seen == [("a", {"a"})]


def test_changes_that_wait_share_a_transaction(store: Store) -> None:
    begun, go_on = Event(), Event()
    transactions: list[str] = []
    store._database.set_trace_callback(transactions.append)

    def slow(database: sqlite3.Connection) -> str:
        begun.set()
        assert go_on.wait(10)
        return _note("slow")(database)

    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(store.write, slow)
        assert begun.wait(10)
        others = [pool.submit(store.write, _note(str(number))) for number in range(8)]
        while len(store._waiting) < 8:
            pass
        go_on.set()
        assert first.result(10) == "slow"
        assert [other.result(10) for other in others] == list("01234567")
    assert transactions.count("COMMIT") == 2


def test_who_is_refused_harms_nobody_who_shares_the_transaction(store: Store, path: Path) -> None:
    with ThreadPoolExecutor(3) as pool, store._lock:
        good = pool.submit(store.write, _note("good"))
        bad = pool.submit(store.write, _refuse)
        broken = pool.submit(store.write, lambda database: database.execute("nonsense"))
        while len(store._waiting) < 3:
            pass
        store._lock.release()
        assert good.result(10) == "good"
        with pytest.raises(UnknownJobError, match="no such job"):
            bad.result(10)
        with pytest.raises(StoreError, match="cannot be used"):
            broken.result(10)
        store._lock.acquire()
    assert _rows(path) == {"good"}


def test_memory_is_read_anew_when_a_change_is_taken_back(store: Store) -> None:
    seen: list[int] = []

    def reread(database: sqlite3.Connection) -> None:
        seen.append(database.execute("SELECT count(*) FROM settings").fetchone()[0])

    def change(database: sqlite3.Connection) -> None:
        _note("lost")(database)
        raise ZeroDivisionError

    store.on_rollback(reread)
    store.write(_note("kept"))
    with pytest.raises(ZeroDivisionError):
        store.write(change)
    assert seen == [1]


def test_an_event_loop_can_wait_for_a_change(store: Store, path: Path) -> None:
    async def both() -> list[str]:
        return [*await asyncio.gather(store.write_soon(_note("a")), store.write_soon(_note("b")))]

    assert asyncio.run(both()) == ["a", "b"]
    assert _rows(path) == {"a", "b"}


def test_an_event_loop_goes_on_while_another_process_writes(store: Store, path: Path) -> None:
    async def scene(other: sqlite3.Connection) -> int:
        waiting = asyncio.create_task(store.write_soon(_note("a")))
        turns = 0
        while not waiting.done():
            await asyncio.sleep(0.01)
            turns += 1
            if turns == 3:
                other.execute("COMMIT")
        assert waiting.result() == "a"
        return turns

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert asyncio.run(scene(other)) >= 3


def test_an_event_loop_is_told_when_the_change_is_refused(store: Store) -> None:
    with pytest.raises(JobsError, match="no such job"):
        asyncio.run(store.write_soon(_refuse))


def test_a_lock_that_stays_is_one_clear_error_and_nothing_is_written_later(
    store: Store, path: Path
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match=r"locked by another process; close whatever"):
            store.write(_note("refused"))
        with pytest.raises(StoreBusyError):
            asyncio.run(store.write_soon(_note("refused")))
        other.execute("COMMIT")
    store.write(_note("accepted"))
    assert _rows(path) == {"accepted"}


def test_readers_are_answered_while_another_process_writes(store: Store, path: Path) -> None:
    store.write(_note("a"))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        names = store.read(lambda db: db.execute("SELECT name FROM settings").fetchall())
    assert names == [("a",)]


def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match="read-only"):
        store.read(_note("a"))


def test_a_full_disk_is_one_clear_error_and_it_goes_on_when_there_is_room(
    store: Store, path: Path
) -> None:
    def big(database: sqlite3.Connection) -> None:
        database.execute("INSERT INTO settings VALUES ('big', ?)", ("x" * 100_000,))

    (pages,) = store._database.execute("PRAGMA page_count").fetchone()
    store._database.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(StoreFullError, match="the disk is full; make room"):
        store.write(big)
    store._database.execute("PRAGMA max_page_count = 1000000")
    store.write(big)
    assert _rows(path) == {"big"}


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreError, match="is closed"):
        store.write(_note("a"))
    with pytest.raises(StoreError, match="is closed"):
        store.read(lambda _database: None)


@pytest.mark.parametrize("limit", ["_ENOUGH", "_TOO_MUCH"])
def test_the_log_is_copied_into_the_database_while_it_runs(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    def big(database: sqlite3.Connection) -> None:
        database.execute("INSERT OR REPLACE INTO settings VALUES ('big', ?)", ("x" * 50_000,))

    store._database.execute("PRAGMA journal_size_limit = 100000")
    monkeypatch.setattr(checkpoints, "_ENOUGH", 200_000)
    monkeypatch.setattr(checkpoints, limit, 200_000)
    log = path.with_name(path.name + "-wal")
    size = before = 0
    while size >= before:  # or else the test does not end
        store.write(big)
        before, size = size, log.stat().st_size
    assert _rows(path) == {"big"}


def test_nothing_is_left_in_the_log_when_it_is_closed(store: Store, path: Path) -> None:
    store.write(_note("a"))
    store.close()
    assert not path.with_name(path.name + "-wal").exists()
    assert _rows(path) == {"a"}
