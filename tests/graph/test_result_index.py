"""ResultIndex: what is known, what it is worth, and what goes first."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from graph.result_index import ResultIndex, Row
from graph.result_table import NewerIndexError
from tests.support.stub_codec import key

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the table is."""
    return tmp_path / "results" / "index.sqlite"


@pytest.fixture
def index(path: Path) -> ResultIndex:
    """An empty table."""
    return ResultIndex(path)


def _row(number: int, *, seconds: float = 1.0, size: int = 0, record: bytes = b"record") -> Row:
    return Row(key(number), record, seconds, size)


def _age(path: Path, days: int) -> None:
    """Make everything in a table look as if it had last been used some days ago."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE results SET used = ?", (int(time.time()) - days * 86_400,))


def test_nothing_is_made_until_something_is_asked(index: ResultIndex, path: Path) -> None:
    assert not index.exists
    assert not path.parent.exists()
    assert index.recall(key(1)) is None
    assert index.exists


def test_a_row_is_recalled_as_it_was(index: ResultIndex) -> None:
    index.record([_row(1, seconds=2.5, size=4096, record=b"\0\xff")])
    row = index.recall(key(1))
    assert row is not None
    assert (row.key, row.record, row.seconds, row.size) == (key(1), b"\0\xff", 2.5, 4096)
    assert abs(row.used - time.time()) < 5


def test_another_process_sees_it_at_once(index: ResultIndex, path: Path) -> None:
    other = ResultIndex(path)
    assert other.recall(key(1)) is None
    index.record([_row(1)])
    assert other.recall(key(1)) is not None


def test_it_outlives_being_closed(index: ResultIndex) -> None:
    index.record([_row(1)])
    index.close()
    assert index.recall(key(1)) is not None


def test_the_last_record_of_a_key_is_right(index: ResultIndex) -> None:
    index.record([_row(1, record=b"old", seconds=1.0, size=10)])
    index.record([_row(1, record=b"new", seconds=3.0, size=20)])
    row = index.recall(key(1))
    assert row is not None
    assert (row.record, row.seconds, row.size) == (b"new", 3.0, 20)


def test_values_that_are_kept_stay_known_when_another_process_did_not_keep_them(
    index: ResultIndex,
) -> None:
    index.record([_row(1, size=20)])
    index.record([_row(1, size=0)])
    row = index.recall(key(1))
    assert row is not None
    assert row.size == 20


def test_lost_values_leave_the_record(index: ResultIndex) -> None:
    index.record([_row(1, size=20)])
    index.lost([key(1)])
    row = index.recall(key(1))
    assert row is not None
    assert (row.size, row.record) == (0, b"record")


def test_what_is_within_the_budget_stays(index: ResultIndex) -> None:
    index.record([_row(1, size=60), _row(2, size=40)])
    assert index.shrink(100) == []


def test_what_took_least_time_for_its_size_goes_first(index: ResultIndex) -> None:
    worths = {1: 3.0, 2: 0.5, 3: 10.0, 4: 1.0}
    index.record([_row(number, seconds=worth, size=100) for number, worth in worths.items()])
    index.record([_row(5, seconds=4.0, size=1000)])  # 0.4 for a hundred bytes
    assert index.shrink(700) == [key(5)]
    assert index.shrink(300) == [key(2), key(4)]


def test_room_is_left_so_that_not_every_result_costs_a_round(index: ResultIndex) -> None:
    index.record([_row(number, size=10, seconds=number) for number in range(1, 12)])
    assert index.shrink(100) == [key(1), key(2)]


def test_what_was_thrown_out_is_still_known(index: ResultIndex) -> None:
    index.record([_row(1, size=100)])
    assert index.shrink(0) == [key(1)]
    row = index.recall(key(1))
    assert row is not None
    assert row.size == 0


def test_what_was_dear_and_is_not_used_goes_in_the_end(index: ResultIndex) -> None:
    """New results of half its worth push it out, since worth counts from what went before."""
    index.record([_row(0, seconds=100.0, size=100)])
    rounds = 0
    while (row := index.recall(key(0))) is not None and row.size:
        rounds += 1
        index.record([_row(rounds, seconds=50.0, size=100)])
        index.shrink(200)
    assert 2 <= rounds <= 5


def test_what_is_used_stays(index: ResultIndex) -> None:
    index.record([_row(0, seconds=100.0, size=100)])
    for number in range(1, 20):
        index.record([_row(number, seconds=50.0, size=100)], used=[key(0)])
        index.shrink(200)
    row = index.recall(key(0))
    assert row is not None
    assert row.size == 100


def test_use_is_noted_once_a_day(index: ResultIndex, path: Path) -> None:
    index.record([_row(1)])
    row = index.recall(key(1))
    assert row is not None
    assert not row.stale
    _age(path, 2)
    row = index.recall(key(1))
    assert row is not None
    assert row.stale
    index.record([], used=[key(1)])
    row = index.recall(key(1))
    assert row is not None
    assert not row.stale


def test_of_too_many_results_those_without_values_that_are_oldest_are_forgotten(
    path: Path,
) -> None:
    index = ResultIndex(path, most=100)
    index.record([_row(0, size=10), *(_row(number) for number in range(1, 101))])
    _age(path, 2)
    index.record([_row(number) for number in range(101, 121)])
    known = index.keys()
    assert len(known) == 101
    assert key(0) in known, "its values are kept"
    assert all(key(number) in known for number in range(101, 121))


def test_a_transaction_that_fails_changes_nothing(index: ResultIndex) -> None:
    index.record([_row(1)])
    with pytest.raises(sqlite3.Error):
        index.record([_row(2), Row(key(3), None, 1.0, 0)])  # type: ignore[arg-type]
    assert index.keys() == {key(1)}
    index.record([_row(4)])
    assert index.keys() == {key(1), key(4)}


def test_clearing_is_seen_by_other_processes(index: ResultIndex, path: Path) -> None:
    other = ResultIndex(path)
    other.record([_row(1)])
    index.clear()
    assert other.recall(key(1)) is None
    other.record([_row(2)])
    assert index.recall(key(2)) is not None


def test_a_table_of_a_later_version_is_left_alone(index: ResultIndex, path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(NewerIndexError, match="newer version"):
        index.recall(key(1))
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database, by a long way" * 100, b"\0" * 8192])
def test_a_damaged_table_raises_and_can_be_removed(
    index: ResultIndex, path: Path, content: bytes
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(sqlite3.DatabaseError):
        index.recall(key(1))
    index.remove()
    index.record([_row(1)])
    assert index.keys() == {key(1)}


def test_a_table_that_another_process_has_made_anew_is_not_removed(
    index: ResultIndex, path: Path
) -> None:
    index.record([_row(1)])
    path.unlink()
    other = ResultIndex(path)
    other.record([_row(2)])
    index.remove()
    assert other.keys() == {key(2)}
    assert index.keys() == {key(2)}


@pytest.mark.filterwarnings("ignore:This process.*multi-threaded:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_fork_opens_the_table_for_itself(index: ResultIndex) -> None:
    index.record([_row(1)])
    child = os.fork()
    if not child:
        known = index.recall(key(1)) is not None
        index.record([_row(2)])
        os._exit(0 if known else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert index.keys() == {key(1), key(2)}
