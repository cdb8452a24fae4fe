"""DiskCache: nothing that happens to the folder fails a run or gives a wrong value."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from graph.disk_cache import values_in
from graph.result_index import ResultIndex, Row
from graph.value_files import ValueFiles
from tests.support.disk_caches import Caches
from tests.support.stub_codec import StubCodec, entry, key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@pytest.fixture
def caches(tmp_path: Path) -> Caches:
    """Caches over a folder that is not there yet."""
    return Caches(tmp_path / "results")


@pytest.mark.parametrize("cut", range(0, 60, 7))
def test_damaged_values_are_a_miss_and_are_removed(caches: Caches, cut: int) -> None:
    cache = caches.kept(1, entry("a" * 20))
    (path,) = caches.value_files()
    path.write_bytes(path.read_bytes()[:cut])
    assert cache.fetch(key(1)) is None
    assert caches.value_files() == []
    known = cache.get(key(1))
    assert known is not None
    assert not known.stored, "nobody looks for them again"
    cache.put(key(1), entry("a" * 20))
    assert cache.fetch(key(1)) == ("a" * 20,)
    assert caches.troubles == []


def test_values_that_the_codec_cannot_read_are_a_miss_and_are_removed(caches: Caches) -> None:
    class Forgetful(StubCodec):
        def decode(self, content: bytes) -> tuple[object, ...]:
            raise ValueError("what was it?")

    caches.kept(1, entry("a"))
    assert caches(codec=Forgetful()).fetch(key(1)) is None
    assert caches.value_files() == []


def test_too_few_values_are_a_miss(caches: Caches) -> None:
    class Careless(StubCodec):
        def decode(self, content: bytes) -> tuple[object, ...]:
            return super().decode(content)[1:]

    caches.kept(1, entry("a", "b"))
    assert caches(codec=Careless()).fetch(key(1)) is None


def test_values_that_another_process_removed_are_a_miss(caches: Caches) -> None:
    cache = caches.kept(1, entry("a"))
    assert cache.get(key(1)) is not None
    values_in(caches.folder).clear()
    assert cache.fetch(key(1)) is None
    assert caches.troubles == []


def test_a_damaged_record_is_a_miss_and_is_made_good_by_the_next_result(caches: Caches) -> None:
    cache = caches.kept(1, entry("a"))
    with closing(sqlite3.connect(caches.folder / "index.sqlite")) as database, database:
        database.execute("UPDATE results SET record = substr(record, 2)")
    assert cache.get(key(1)) is None
    cache.put(key(1), entry("a"))
    cache.close()
    assert caches().fetch(key(1)) == ("a",)


@pytest.mark.parametrize("content", [b"", b"no database" * 1000, b"\0" * 8192])
def test_a_damaged_index_is_begun_anew(caches: Caches, content: bytes) -> None:
    caches.kept(1, entry("a"))
    (caches.folder / "index.sqlite").write_bytes(content)
    cache = caches()
    assert cache.get(key(1)) is None
    cache.put(key(2), entry("b"))
    cache.close()
    cache.put(key(3), entry("c"))
    cache.close()
    assert caches().fetch(key(3)) == ("c",)
    assert caches.troubles == []


def test_an_index_damaged_anywhere_never_gives_a_wrong_value(
    caches: Caches, tmp_path: Path
) -> None:
    cache = caches()
    for number in range(40):
        cache.put(key(number), entry(f"value {number}"))
    cache.close()
    whole = (caches.folder / "index.sqlite").read_bytes()
    found = set()
    for place in range(0, len(whole), 499):
        damaged = Caches(tmp_path / str(place))
        shutil.copytree(caches.folder, damaged.folder)
        patch = bytes(byte ^ 0x55 for byte in whole[place : place + 48])
        content = whole[:place] + patch + whole[place + len(patch) :]
        (damaged.folder / "index.sqlite").write_bytes(content)
        cache = damaged()
        values = {number: cache.fetch(key(number)) for number in range(40)}
        cache.close()
        assert all(value in {None, (f"value {number}",)} for number, value in values.items())
        found.add(sum(value is not None for value in values.values()))
    assert min(found) < 40, "some of the damage did damage"
    assert max(found) > 0, "not all of it did"


def test_an_index_of_a_later_version_is_told_of_once_and_left_alone(caches: Caches) -> None:
    caches.kept(1, entry("a"))
    with closing(sqlite3.connect(caches.folder / "index.sqlite")) as database:
        database.execute("PRAGMA user_version = 99")
    cache = caches()
    assert cache.get(key(1)) is None
    assert not cache.put(key(2), entry("b"))
    cache.close()
    (trouble,) = caches.troubles
    assert "newer version" in trouble
    assert str(caches.folder) in trouble


def test_a_folder_that_cannot_be_made_is_told_of_once(caches: Caches) -> None:
    caches.folder.write_text("a file is in the way")
    cache = caches()
    for number in range(3):
        assert cache.get(key(number)) is None
        assert not cache.put(key(number), entry("a"))
    cache.close()
    (trouble,) = caches.troubles
    assert trouble.startswith("results are not kept for the next start")


def test_a_full_disk_is_told_of_once_and_nothing_is_half_written(
    caches: Caches, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(
        self: ValueFiles, key: bytes, seal: bytes, blocks: Iterable[bytes | memoryview]
    ) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    cache = caches.kept(1, entry("a"))
    with monkeypatch.context() as patch:
        patch.setattr(ValueFiles, "write", full)
        assert not cache.put(key(2), entry("b"))
        assert not cache.put(key(3), entry("c"))
    cache.close()
    (trouble,) = caches.troubles
    assert "No space left on device" in trouble
    assert len(caches.value_files()) == 1
    assert caches().fetch(key(1)) == ("a",), "what was there is there when there is room again"


def test_an_index_on_a_full_disk_is_told_of_once(
    caches: Caches, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: ResultIndex, rows: list[Row], used: Iterable[bytes] = ()) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    cache = caches()
    monkeypatch.setattr(ResultIndex, "record", full)
    for number in range(3):
        cache.put(key(number), entry("a"))
        cache.flush()
    (trouble,) = caches.troubles
    assert "full" in trouble


def test_an_index_that_another_process_has_locked_is_waited_for_in_vain_and_forgiven(
    caches: Caches,
) -> None:
    cache = caches.kept(1, entry("a"))
    other = sqlite3.connect(caches.folder / "index.sqlite", isolation_level=None)
    with closing(other):
        other.execute("BEGIN EXCLUSIVE")
        assert cache.put(key(2), entry("b"))
        cache.flush()
        assert cache.fetch(key(1)) == ("a",), "reading waits for nobody"
        other.execute("ROLLBACK")
    cache.flush()
    assert caches().fetch(key(2)) == ("b",)
    assert caches.troubles == []
