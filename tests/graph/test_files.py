"""FileIndex: content hashes, what they are remembered under, and when they are not trusted."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from graph.errors import Cancelled, MissingFileError
from graph.files import FileIndex, FileStamp

BLOCK = 2**22
HOUR = 3600 * 10**9


def _write(path: Path, content: bytes, *, age: int = HOUR) -> Path:
    """Write a file that looks as if it had been there for a while, in nanoseconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    then = time.time_ns() - age
    os.utime(path, ns=(then, then))
    return path


def _reads(index: FileIndex, path: Path) -> int:
    """How many times a question for a file's hash reads a block of it."""
    blocks: list[int] = []
    index.content_hash(path, on_bytes=lambda done, _: blocks.append(done))
    return len(blocks)


def _rows(store: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(store)) as database:
        return database.execute("SELECT path, size, sha256 FROM files").fetchall()


def test_a_file_is_known_by_the_sha256_of_its_content(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.bin", b"x" * (BLOCK + 5))
    assert FileIndex().content_hash(path) == hashlib.sha256(b"x" * (BLOCK + 5)).digest()


def test_progress_is_told_in_bytes(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.bin", bytes(BLOCK + 5))
    told: list[tuple[int, int]] = []
    FileIndex().content_hash(path, on_bytes=lambda *facts: told.append(facts))
    assert told == [(BLOCK, BLOCK + 5), (BLOCK + 5, BLOCK + 5)]


def test_a_file_is_read_once(tmp_path: Path) -> None:
    index, path = FileIndex(), _write(tmp_path / "a.bin", b"1")
    assert [_reads(index, path), _reads(index, path)] == [1, 0]


def test_a_link_to_a_file_is_the_same_file(tmp_path: Path) -> None:
    index, path = FileIndex(), _write(tmp_path / "a.bin", b"1")
    (tmp_path / "link.bin").symlink_to(path)
    index.content_hash(path)
    assert _reads(index, tmp_path / "link.bin") == 0


@pytest.mark.parametrize("store", [None, "files.sqlite"])
def test_a_file_that_looks_different_is_read_again(tmp_path: Path, store: str | None) -> None:
    index = FileIndex(tmp_path / store if store else None)
    path = _write(tmp_path / "a.bin", b"one")
    first = index.content_hash(path)
    _write(path, b"two", age=2 * HOUR)
    assert index.content_hash(path) == hashlib.sha256(b"two").digest() != first


def test_a_file_that_was_just_written_is_not_trusted_to_stay(tmp_path: Path) -> None:
    index = FileIndex(tmp_path / "files.sqlite")
    path = _write(tmp_path / "a.bin", b"one", age=0)
    stamp = path.stat().st_mtime_ns
    index.content_hash(path)
    path.write_bytes(b"two")
    os.utime(path, ns=(stamp, stamp))  # as if within one tick of the file system's clock
    assert index.content_hash(path) == hashlib.sha256(b"two").digest()


def test_a_file_from_the_future_is_trusted(tmp_path: Path) -> None:
    index, path = FileIndex(), _write(tmp_path / "a.bin", b"1", age=-HOUR)
    assert [_reads(index, path), _reads(index, path)] == [1, 0]


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.bin", b"before")
    changes = [lambda: _write(path, b"after!", age=2 * HOUR)]

    def meddle(_done: int, _total: int) -> None:
        while changes:
            changes.pop()()

    index = FileIndex()
    expected = hashlib.sha256(b"after!").digest()
    assert index.content_hash(path, on_bytes=meddle) == expected
    assert index.content_hash(path) == expected


def test_hashing_can_be_cancelled_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.bin", bytes(3 * BLOCK))
    done: list[int] = []

    def cancel(value: int, _total: int) -> None:
        done.append(value)
        raise Cancelled

    index = FileIndex(tmp_path / "files.sqlite")
    with pytest.raises(Cancelled):
        index.content_hash(path, on_bytes=cancel)
    assert done == [BLOCK]
    assert not (tmp_path / "files.sqlite").exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"cannot read .*nowhere\.bin: No such file") as info:
        FileIndex().content_hash(tmp_path / "nowhere.bin")
    assert info.value.name.endswith("nowhere.bin")


def test_a_folder_is_known_by_the_names_and_contents_in_it(tmp_path: Path) -> None:
    def fill(name: str, files: dict[str, bytes]) -> bytes:
        for file, content in files.items():
            _write(tmp_path / name / file, content)
        return FileIndex().content_hash(tmp_path / name)

    same = {"unet/a": b"1", "vae/b": b"2"}
    one, two = fill("one", same), fill("two", dict(reversed(same.items())))
    assert one == two
    others = [{"unet/a": b"1", "vae/c": b"2"}, {"unet/a": b"2", "vae/b": b"1"}, {"unet/a": b"1"}]
    assert len({one, *(fill(f"other {i}", files) for i, files in enumerate(others))}) == 4


def test_hashes_outlive_the_process(tmp_path: Path) -> None:
    store, path = tmp_path / "cache" / "files.sqlite", _write(tmp_path / "a.bin", b"1")
    FileIndex(store).content_hash(path)
    assert _rows(store) == [(str(path), 1, hashlib.sha256(b"1").digest())]
    assert _reads(FileIndex(store), path) == 0


def test_a_file_has_one_row_however_often_it_changes(tmp_path: Path) -> None:
    store, path = tmp_path / "files.sqlite", tmp_path / "a.bin"
    index = FileIndex(store)
    for content in (b"1", b"22", b"333"):
        index.content_hash(_write(path, content))
    assert _rows(store) == [(str(path), 3, hashlib.sha256(b"333").digest())]


def test_a_damaged_store_is_replaced(tmp_path: Path) -> None:
    store, path = tmp_path / "files.sqlite", _write(tmp_path / "a.bin", b"1")
    store.write_bytes(b"this is no database" * 100)
    assert FileIndex(store).content_hash(path) == hashlib.sha256(b"1").digest()
    assert len(_rows(store)) == 1


def test_a_hash_that_is_no_hash_is_not_believed(tmp_path: Path) -> None:
    store, path = tmp_path / "files.sqlite", _write(tmp_path / "a.bin", b"1")
    FileIndex(store).content_hash(path)
    with closing(sqlite3.connect(store)) as database, database:
        database.execute("UPDATE files SET sha256 = 'nonsense'")
    assert FileIndex(store).content_hash(path) == hashlib.sha256(b"1").digest()


@pytest.mark.parametrize("statement", ["PRAGMA user_version = 99", "CREATE TABLE files (what)"])
def test_a_store_of_another_version_is_left_alone(tmp_path: Path, statement: str) -> None:
    store, path = tmp_path / "files.sqlite", _write(tmp_path / "a.bin", b"1")
    with closing(sqlite3.connect(store)) as database:
        database.execute(statement)
    index = FileIndex(store)
    assert [_reads(index, path), _reads(index, path)] == [1, 0]
    with closing(sqlite3.connect(store)) as database:
        tables = database.execute("SELECT sql FROM sqlite_master").fetchall()
    assert "sha256" not in str(tables)


def test_a_locked_store_is_done_without(tmp_path: Path) -> None:
    store, path = tmp_path / "files.sqlite", _write(tmp_path / "a.bin", b"1")
    with closing(sqlite3.connect(store)) as other:
        other.execute("BEGIN EXCLUSIVE")
        index = FileIndex(store)
        assert [_reads(index, path), _reads(index, path)] == [1, 0]


def test_a_store_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.bin", b"1")
    index = FileIndex(path / "files.sqlite")
    assert [_reads(index, path), _reads(index, path)] == [1, 0]


def test_threads_share_an_index_and_indices_share_a_store(tmp_path: Path) -> None:
    paths = [_write(tmp_path / f"{i}.bin", bytes([i])) for i in range(12)]
    indices = [FileIndex(tmp_path / "files.sqlite") for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        jobs = [(index, path) for path in paths for index in indices for _ in range(3)]
        found = list(pool.map(lambda job: job[0].content_hash(job[1]), jobs))
    assert found == [hashlib.sha256(path.read_bytes()).digest() for _, path in jobs]
    assert len(_rows(tmp_path / "files.sqlite")) == len(paths)


def test_a_stamp_tells_whether_a_file_is_as_it_was(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.png", b"12")
    stamp = FileStamp.of(path)
    assert stamp == FileStamp(path, 2, path.stat().st_mtime_ns)
    assert stamp.unchanged()
    os.utime(path)
    assert not stamp.unchanged()


@pytest.mark.parametrize("happens", [lambda path: path.write_bytes(b"123"), Path.unlink])
def test_a_file_that_grew_or_went_away_is_not_as_it_was(tmp_path: Path, happens: object) -> None:
    path = _write(tmp_path / "a.png", b"12")
    stamp = FileStamp.of(path)
    assert callable(happens)
    happens(path)
    assert not stamp.unchanged()


def test_a_file_that_was_never_there_does_not_count_as_unchanged(tmp_path: Path) -> None:
    assert not FileStamp.of(tmp_path / "nowhere").unchanged()
