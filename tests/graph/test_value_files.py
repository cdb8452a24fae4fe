"""ValueFiles: whole or nothing, whatever happens to a file."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from graph.value_files import DamagedValueError, ValueFiles
from tests.support.stub_codec import key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEAL = b"identities"
HOURS_AGO = time.time() - 10_000


@pytest.fixture
def files(tmp_path: Path) -> ValueFiles:
    """A folder with one short file in it."""
    files = ValueFiles(tmp_path / "values")
    files.write(key(1), SEAL, [b"some ", memoryview(b"bytes")])
    return files


def _everything(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _make_old(path: Path) -> Path:
    os.utime(path, (HOURS_AGO, HOURS_AGO))
    return path


def test_what_was_written_is_read(files: ValueFiles) -> None:
    assert files.read(key(1), SEAL) == b"some bytes"


def test_what_was_not_written_is_not_there(files: ValueFiles) -> None:
    assert files.read(key(2), SEAL) is None


def test_nothing_at_all_can_be_written(files: ValueFiles) -> None:
    files.write(key(2), SEAL, [])
    assert files.read(key(2), SEAL) == b""


def test_the_size_is_that_of_the_file(files: ValueFiles) -> None:
    size = files.write(key(2), SEAL, [b"x" * 1000])
    assert size == files.path(key(2)).stat().st_size


def test_the_last_one_to_write_a_key_is_right(files: ValueFiles, tmp_path: Path) -> None:
    files.write(key(1), SEAL, [b"other bytes"])
    assert files.read(key(1), SEAL) == b"other bytes"
    assert len(_everything(tmp_path)) == 1


def test_a_file_that_was_cut_short_anywhere_is_damaged(files: ValueFiles) -> None:
    path = files.path(key(1))
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(DamagedValueError):
            files.read(key(1), SEAL)


def test_a_file_with_any_bit_of_any_byte_turned_over_is_damaged(files: ValueFiles) -> None:
    path = files.path(key(1))
    whole = path.read_bytes()
    for place in range(len(whole)):
        for bit in range(8):
            content = bytearray(whole)
            content[place] ^= 1 << bit
            path.write_bytes(content)
            with pytest.raises(DamagedValueError):
                files.read(key(1), SEAL)


def test_a_file_that_grew_is_damaged(files: ValueFiles) -> None:
    with files.path(key(1)).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(DamagedValueError):
        files.read(key(1), SEAL)


def test_a_file_under_the_name_of_another_is_damaged(files: ValueFiles) -> None:
    files.path(key(2)).parent.mkdir(exist_ok=True)
    files.path(key(1)).rename(files.path(key(2)))
    with pytest.raises(DamagedValueError, match=str(files.path(key(2)))):
        files.read(key(2), SEAL)


def test_a_file_that_another_making_of_the_same_key_left_is_damaged(files: ValueFiles) -> None:
    with pytest.raises(DamagedValueError):
        files.read(key(1), b"other identities")


def test_a_writer_that_fails_leaves_nothing_and_spoils_nothing(
    files: ValueFiles, tmp_path: Path
) -> None:
    def blocks() -> Iterator[bytes]:
        yield b"half of"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        files.write(key(1), SEAL, blocks())
    assert files.read(key(1), SEAL) == b"some bytes"
    assert _everything(tmp_path) == [files.path(key(1))]


def test_a_file_that_is_removed_while_it_is_open_is_read_to_its_end(files: ValueFiles) -> None:
    with files.path(key(1)).open("rb") as file:
        file.read(1)
        files.remove([key(1)])
        assert file.read().endswith(b"some bytes")
    assert files.read(key(1), SEAL) is None


def test_removing_what_is_not_there_does_nothing(files: ValueFiles) -> None:
    files.remove([key(2), key(3)])
    assert files.read(key(1), SEAL) == b"some bytes"


def test_sweeping_removes_what_nobody_knows_and_nobody_writes_any_more(files: ValueFiles) -> None:
    for number in (2, 3):
        files.write(key(number), SEAL, [b""])
    old_draft = files.path(key(1)).with_name("0123456789abcdef.part")
    young_draft = files.path(key(1)).with_name("fedcba9876543210.part")
    old_draft.touch()
    young_draft.touch()
    for path in (files.path(key(1)), files.path(key(2)), old_draft):
        _make_old(path)
    assert files.sweep({key(1)}) == 2
    assert files.path(key(1)).is_file(), "its key is known"
    assert not files.path(key(2)).exists(), "its key is not known"
    assert files.path(key(3)).is_file(), "its writer may be about to make it known"
    assert (old_draft.exists(), young_draft.exists()) == (False, True)


def test_clearing_leaves_no_file_and_no_folder(files: ValueFiles, tmp_path: Path) -> None:
    files.clear()
    assert list(tmp_path.iterdir()) == []
    files.clear()
    files.write(key(1), SEAL, [b"again"])
    assert files.read(key(1), SEAL) == b"again"
