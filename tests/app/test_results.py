"""The room that results may take on the disk, and the command that looks after them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from app import cli
from app.errors import InputError
from app.results import VARIABLE, budget, folder_of, open_results
from app.settings import Settings
from app.sizes import parse_size
from graph.folders import Folders
from graph.journal import Journals
from tests.support.disk_caches import Caches
from tests.support.stub_codec import entry, key

if TYPE_CHECKING:
    from pathlib import Path


class Usage(NamedTuple):
    """What `shutil.disk_usage` answers."""

    total: int
    used: int
    free: int


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cache folder with two results, of one of which the values are kept."""
    caches = Caches(folder_of(Folders.under(tmp_path)))
    cache = caches()
    cache.put(key(1), entry("a", seconds=10.0))
    cache.put(key(2), entry(object()))
    cache.close()
    return caches.folder


def run(capsys: pytest.CaptureFixture[str], base: Path, *arguments: str) -> tuple[int, Any, str]:
    """Run `main.py cache … --json`; return the exit code, the object and what was complained of."""
    code = cli.main(["cache", *arguments, "--json", "--base-directory", str(base)])
    told = capsys.readouterr()
    return code, json.loads(told.out) if told.out else None, told.err


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("4096", 4096),
        ("10G", 10**10),
        ("1.5 gb", 1_500_000_000),
        (" 500M ", 5 * 10**8),
        ("2k", 2000),
        ("1TB", 10**12),
        ("7b", 7),
    ],
)
def test_a_size_is_read(text: str, count: int) -> None:
    assert parse_size(text) == count


@pytest.mark.parametrize("text", ["", "G", "-1", "ten", "1X", "1e9", "1 000", "0x10", "9" * 20])
def test_what_is_no_size_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no size; write 10G"):
        parse_size(text)


def test_a_wrong_size_ends_the_command_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["run", "w.json", "--cache-disk", "much"])
    assert end.value.code == 2
    assert "argument --cache-disk: 'much' is no size" in capsys.readouterr().err


def test_the_option_counts_more_than_the_environment_and_that_more_than_the_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIABLE, "3G")
    assert budget(Settings(cache_disk=5), tmp_path) == 5
    assert budget(Settings(cache_disk=0), tmp_path) == 0
    assert budget(Settings(), tmp_path) == 3 * 10**9
    monkeypatch.setenv(VARIABLE, "much")
    with pytest.raises(InputError, match="SAFELIGHT_CACHE_DISK: 'much' is no size"):
        budget(Settings(), tmp_path)


def test_without_being_told_a_tenth_of_what_is_free_is_taken_and_ten_gigabytes_at_most(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 10**9))
    assert budget(Settings(), folder / "not" / "there") == 10**8
    assert budget(Settings(), folder) == (10**9 + 4096) // 10, "what it takes is as good as free"
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 10**15))
    assert budget(Settings(), folder) == 10 * 10**9


def test_no_room_means_no_cache(tmp_path: Path) -> None:
    folders = Folders.under(tmp_path)
    troubles: list[str] = []
    assert open_results(Settings(cache_disk=0), folders, "cpu", troubles.append) is None
    assert open_results(Settings(cache_disk=1), folders, "cpu", troubles.append) is not None
    assert list(tmp_path.iterdir()) == []


def test_results_of_another_device_are_not_found(tmp_path: Path) -> None:
    folders, settings = Folders.under(tmp_path), Settings(cache_disk=10**6)
    for device, known in (("cuda:0", False), ("cuda:1", True), ("cpu", False)):
        cache = open_results(settings, folders, device, pytest.fail)
        assert cache is not None
        assert (cache.get(key(1)) is not None) is known
        cache.put(key(1), entry("a"))
        cache.close()


def test_the_cache_is_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path
) -> None:
    code, told, _ = run(capsys, tmp_path, "--cache-disk", "1G")
    assert code == 0
    assert told == {
        "folder": str(folder),
        "results": 2,
        "kept": 1,
        "bytes": 4096,
        "budget": 10**9,
        "seconds": 10.0,
        "runs": 0,
    }


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        ("stats", "results known: 2; with their values: 1, made in 10.0 s; 4.1 kB of"),
        ("verify", "sound: 1; damaged, and now removed: 0; missing: 0"),
        ("clear", "results thrown away: 2, 4.1 kB"),
    ],
)
def test_each_action_says_what_it_did(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path, action: str, sentence: str
) -> None:
    assert cli.main(["cache", action, "--base-directory", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"{folder}: ")
    assert sentence in told


def test_the_cache_is_cleared_and_nothing_else_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path
) -> None:
    other = folder.parent / "files.sqlite"
    other.write_text("not ours")
    assert run(capsys, tmp_path, "clear")[0] == 0
    assert run(capsys, tmp_path, "stats")[1]["results"] == 0
    assert other.exists()


def test_runs_that_can_go_on_are_counted_and_given_up(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path
) -> None:
    journals = Journals(folder.parent / "resume")
    journal = journals.open(b"key")
    assert journal is not None
    journal.append(b"an answer")
    journals.close()
    assert run(capsys, tmp_path, "stats")[1]["runs"] == 1
    assert run(capsys, tmp_path, "clear")[1]["runs"] == 1
    assert run(capsys, tmp_path, "stats")[1]["runs"] == 0
    assert not journal.path.exists()


def test_damage_is_reported_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path
) -> None:
    (path,) = (path for path in (folder / "values").rglob("*") if path.is_file())
    path.write_bytes(path.read_bytes()[:-1])
    code, told, _ = run(capsys, tmp_path, "verify")
    assert (code, told["damaged"], told["sound"]) == (1, 1, 0)
    code, told, _ = run(capsys, tmp_path, "verify")
    assert (code, told["damaged"]) == (0, 0)


def test_a_cache_that_cannot_be_used_ends_in_a_sentence_and_can_be_cleared(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path
) -> None:
    with closing(sqlite3.connect(folder / "index.sqlite")) as database:
        database.execute("PRAGMA user_version = 99")
    code, _, complaint = run(capsys, tmp_path, "verify")
    assert code == 1
    assert "newer version" in complaint
    assert "main.py cache clear" in complaint
    assert run(capsys, tmp_path, "clear")[0] == 0
    assert run(capsys, tmp_path, "verify")[0] == 0
