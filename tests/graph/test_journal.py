"""Journals: what a killed process wrote is found by the next one, and by nobody else."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.journal import Journals, clear, count
from graph.journal_file import JournalFile, parse

KEY, OTHER = b"k" * 32, b"o" * 32
ROOT = Path(__file__).parents[2]
_WRITER = """
import sys
from pathlib import Path
from graph.journal import Journals, clear, count
journal = Journals(Path(sys.argv[1])).open(b"k" * 32)
print("none" if journal is None else "open", flush=True)
for line in sys.stdin:
    journal.append(line.strip().encode())
    print("written", flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where journals are, once there are any."""
    return tmp_path / "cache" / "resume"


def _opened(journals: Journals, key: bytes = KEY) -> JournalFile:
    journal = journals.open(key)
    assert journal is not None
    return journal


def _written(folder: Path, *records: bytes, key: bytes = KEY) -> Path:
    """Let a process that comes to its end without being done write a journal."""
    journals = Journals(folder)
    journal = _opened(journals, key)
    for record in records:
        journal.append(record)
    journals.close()
    return journal.path


def _writer(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _say(process: subprocess.Popen[str], line: str) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    if line:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
    return process.stdout.readline().strip()


def test_a_killed_process_leaves_what_it_wrote_to_the_next(folder: Path) -> None:
    with _writer(folder) as process:
        assert _say(process, "") == "open"
        assert [_say(process, word) for word in ("one", "two")] == ["written", "written"]
        process.kill()
    assert list(_opened(Journals(folder)).records) == [b"one", b"two"]


def test_a_journal_belongs_to_one_process_at_a_time(folder: Path) -> None:
    journals = Journals(folder)
    _opened(journals)
    with _writer(folder) as process:
        assert _say(process, "") == "none"
        process.kill()
    journals.release(KEY)
    with _writer(folder) as process:
        assert _say(process, "") == "open"
        assert journals.open(KEY) is None
        process.kill()


def test_a_process_does_not_open_its_own_journal_twice(folder: Path) -> None:
    journals = Journals(folder)
    _opened(journals)
    assert journals.open(KEY) is None
    assert Journals(folder).open(KEY) is None
    assert journals.open(OTHER) is not None


def test_what_this_process_writes_is_not_among_the_records(folder: Path) -> None:
    _written(folder, b"old")
    journal = _opened(Journals(folder))
    journal.append(b"new")
    assert list(journal.records) == [b"old"]


def test_a_journal_goes_on_where_another_process_left_it(folder: Path) -> None:
    _written(folder, b"a", b"", b"c" * 100_000)
    _written(folder, b"d")
    assert list(_opened(Journals(folder)).records) == [b"a", b"", b"c" * 100_000, b"d"]


def test_another_recipe_or_another_salt_has_another_journal(folder: Path) -> None:
    _written(folder, b"a")
    assert not _opened(Journals(folder), OTHER).records
    assert not _opened(Journals(folder, salt=b"torch 3")).records


def test_a_journal_that_is_discarded_is_gone(folder: Path) -> None:
    path = _written(folder, b"a")
    journals = Journals(folder)
    _opened(journals)
    journals.discard(KEY)
    assert not path.exists()
    assert not _opened(journals).records


def test_a_journal_in_which_nothing_was_written_leaves_no_file(folder: Path) -> None:
    path = _written(folder)
    assert folder.is_dir()
    assert not path.exists()


def test_what_is_written_after_the_end_goes_nowhere(folder: Path) -> None:
    journals = Journals(folder)
    journal = _opened(journals)
    journals.discard(KEY)
    journal.append(b"late")
    assert not list(folder.iterdir())


def test_discarding_what_was_never_opened_is_no_trouble(folder: Path) -> None:
    path = _written(folder, b"a")
    Journals(folder).discard(KEY)
    assert path.exists()


@given(st.lists(st.binary(max_size=60), max_size=5), st.data())
def test_a_torn_tail_costs_the_last_record_only(records: list[bytes], data: st.DataObject) -> None:
    content, ends = b"SLjourn1", [8]
    for record in records:
        content += len(record).to_bytes(4, "little") + _crc(record) + record
        ends.append(len(content))
    cut = data.draw(st.integers(0, len(content)))
    whole = sum(end <= cut for end in ends) - 1
    assert parse(content[:cut]) == (records[: max(whole, 0)], ends[max(whole, 0)])


def _crc(record: bytes) -> bytes:
    import zlib

    return zlib.crc32(record).to_bytes(4, "little")


@pytest.mark.parametrize("place", [2, 9, 13, 17])
def test_a_damaged_byte_is_never_read_as_a_record(folder: Path, place: int) -> None:
    path = _written(folder, b"first", b"second")
    content = bytearray(path.read_bytes())
    content[place] ^= 0x40
    path.write_bytes(content)
    assert not _opened(Journals(folder)).records


def test_a_torn_journal_is_written_on_after_its_sound_part(folder: Path) -> None:
    path = _written(folder, b"first", b"second")
    path.write_bytes(path.read_bytes()[:-3])
    _written(folder, b"third")
    assert list(_opened(Journals(folder)).records) == [b"first", b"third"]


def test_where_the_folder_cannot_be_made_there_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    assert Journals(tmp_path / "cache" / "resume").open(KEY) is None


def test_where_a_file_cannot_be_written_there_is_no_journal(folder: Path) -> None:
    path = _written(folder, b"a")
    path.unlink()
    path.mkdir()
    assert Journals(folder).open(KEY) is None


def test_a_full_disk_ends_the_journal_and_not_the_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journals = Journals(folder)
    journal = _opened(journals)
    journal.append(b"first")
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", _no_room)
        journal.append(b"second")
    journal.append(b"third, which would leave a gap")
    journals.close()
    assert list(_opened(Journals(folder)).records) == [b"first"]


def _no_room(_descriptor: int, _content: object) -> int:
    raise OSError(28, "No space left on device")


def test_a_journal_stops_at_the_budget(folder: Path) -> None:
    journals = Journals(folder, budget=1000)
    journal = _opened(journals)
    for _ in range(3):
        journal.append(b"x" * 400)
    journals.close()
    assert len(_opened(Journals(folder)).records) == 2


def test_the_oldest_journals_make_room_for_those_that_run(folder: Path) -> None:
    old, newer = _written(folder, b"x" * 400), _written(folder, b"x" * 400, key=OTHER)
    os.utime(old, (time.time() - 100, time.time() - 100))
    journals = Journals(folder, budget=1000)
    journal = _opened(journals, b"third")
    journal.append(b"y" * 400)
    assert not old.exists()
    assert newer.exists()
    assert journal.path.stat().st_size > 400


def test_a_journal_that_is_open_makes_no_room(folder: Path) -> None:
    first, second = Journals(folder, budget=1000), Journals(folder, budget=1000)
    held = _opened(first)
    held.append(b"x" * 900)
    _opened(second, OTHER).append(b"y" * 400)
    assert held.path.stat().st_size > 900


def test_journals_that_nobody_came_back_for_are_swept(folder: Path) -> None:
    forgotten, recent = _written(folder, b"x"), _written(folder, b"x", key=OTHER)
    os.utime(forgotten, (time.time() - 15 * 86_400,) * 2)
    _opened(Journals(folder), b"third")
    assert not forgotten.exists()
    assert recent.exists()


def test_journals_can_be_counted_and_thrown_away_but_for_those_in_use(folder: Path) -> None:
    assert count(folder) == (0, 0)
    assert clear(folder) == 0
    _written(folder, b"x" * 100)
    held = _opened(Journals(folder), OTHER)
    held.append(b"y" * 50)
    assert count(folder) == (2, 8 + 108 + 8 + 58)
    assert clear(folder) == 1
    assert list(folder.iterdir()) == [held.path]
