"""Opening the queue's database: owned once, newer, damaged, read-only, something else."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from graph.jobs import opening
from graph.jobs.errors import (
    NewerStoreError,
    StoreBusyError,
    StoreError,
    StoreOwnedError,
    StoreReadOnlyError,
)
from graph.jobs.faults import store_error
from graph.jobs.history import Choice, History
from graph.jobs.opening import open_beside
from graph.jobs.queue import JobQueue
from graph.jobs.schema import STEPS, migrate
from graph.jobs.store import Store
from tests.graph.jobs.prompts import job

ROOT = Path(__file__).resolve().parents[3]
_HOLD = """
import sys
from pathlib import Path
from graph.jobs.store import Store
store = Store(Path(sys.argv[1]), print)
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "queue.sqlite"


def _open(path: Path) -> tuple[Store, list[str]]:
    warnings: list[str] = []
    return Store(path, warnings.append), warnings


def _fill(path: Path, count: int = 3) -> None:
    store, _ = _open(path)
    queue = JobQueue(store, lambda _event: None)
    for number in range(count):
        queue.enqueue(job(f"job {number}"))
    store.close()


def _pending(path: Path) -> list[str]:
    store, warnings = _open(path)
    pending = JobQueue(store, lambda _event: None).pending()
    store.close()
    assert warnings == []
    return pending


def test_a_second_server_on_the_same_database_is_refused_until_the_first_is_killed(
    path: Path,
) -> None:
    command = [sys.executable, "-c", _HOLD, str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(
            StoreOwnedError, match=rf"^process {holder.pid} serves the queue in .*; stop that"
        ):
            _open(path)
        with closing(open_beside(path)) as reader:
            assert reader.execute("SELECT count(*) FROM jobs").fetchone() == (0,)
        holder.kill()
    _open(path)[0].close()


def test_the_same_process_cannot_own_it_twice(path: Path) -> None:
    store, _ = _open(path)
    with pytest.raises(StoreOwnedError, match="this process"):
        _open(path)
    store.close()
    _open(path)[0].close()


def test_a_link_to_it_is_the_same_database(path: Path) -> None:
    store, _ = _open(path)
    link = path.with_name("link.sqlite")
    link.symlink_to(path)
    with pytest.raises(StoreOwnedError, match="this process"):
        _open(link)
    store.close()


def test_a_database_that_is_locked_is_one_clear_sentence_and_can_be_opened_later(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(path)
    monkeypatch.setattr(opening, "_PATIENCE_MS", 10)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match="locked by another process; close whatever"):
            _open(path)
    assert _pending(path) == ["job 0", "job 1", "job 2"]


def test_a_child_that_was_forked_does_not_keep_it_owned(path: Path) -> None:
    script = (
        "import os, sys, time; from pathlib import Path;"
        "from graph.jobs.ownership import Ownership;"
        "owned = Ownership(Path(sys.argv[1]));"
        "os.fork() or (print('forked', flush=True), time.sleep(60)); os._exit(0)"
    )
    # The child lives on and the parent is gone: only the child prints.
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"forked\n"
        parent.wait(10)
        _open(path)[0].close()
        parent.stdout.close()


def test_a_newer_database_is_left_alone_with_one_clear_sentence(path: Path) -> None:
    _fill(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    before = path.read_bytes()
    with pytest.raises(NewerStoreError, match=r"newer version of Safelight.*use that version"):
        _open(path)
    assert path.read_bytes() == before


def test_the_database_of_something_else_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(StoreError, match="not a queue of Safelight's"):
        _open(path)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM bookmarks").fetchone() == (0,)


def test_an_empty_file_becomes_a_database(path: Path) -> None:
    path.touch()
    _fill(path)
    assert _pending(path) == ["job 0", "job 1", "job 2"]


@pytest.mark.parametrize("damage", ["all of it", "its first page", "a page within", "its end"])
def test_a_damaged_database_is_set_aside_and_a_fresh_one_begun(path: Path, damage: str) -> None:
    _fill(path, 200)
    content = bytearray(path.read_bytes())
    noise = os.urandom(4096)
    match damage:
        case "all of it":
            content = bytearray(noise)
        case "its first page":
            content[:4096] = noise
        case "a page within":
            content[8192 : 8192 + 4096] = noise
        case _:
            del content[len(content) // 2 :]
    path.write_bytes(content)
    store, warnings = _open(path)
    assert JobQueue(store, lambda _event: None).pending() == []
    assert History(store).count(Choice()) == 0
    store.close()
    (aside,) = path.parent.glob("queue.sqlite.damaged-*")
    assert aside.read_bytes() == content
    assert len(warnings) == 1
    assert str(aside) in warnings[0]


def test_what_was_set_aside_before_is_kept_too(path: Path) -> None:
    for number in range(3):
        path.write_bytes(b"nonsense %d" % number * 1000)
        _open(path)[0].close()
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
    assert len(list(path.parent.glob("queue.sqlite.damaged-*"))) == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_folder_that_cannot_be_written_is_one_clear_sentence(path: Path) -> None:
    path.parent.chmod(0o500)
    with pytest.raises(StoreError, match="allow writing"):
        _open(path)
    path.parent.chmod(0o700)


def test_a_folder_that_cannot_be_made_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "user").touch()
    with pytest.raises(StoreError, match="cannot make the folder"):
        _open(tmp_path / "user" / "queue.sqlite")


def test_a_folder_in_the_place_of_the_database_is_one_clear_sentence(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StoreError, match="cannot be used: unable to open"):
        _open(path)


def test_a_database_that_cannot_be_written_is_called_read_only(path: Path) -> None:
    _fill(path)
    with (
        closing(open_beside(path)) as database,
        pytest.raises(sqlite3.OperationalError) as raised,
    ):
        database.execute("DELETE FROM jobs")
    error = store_error(raised.value, path)
    assert isinstance(error, StoreReadOnlyError)
    assert "read-only; allow writing" in str(error)


def test_a_disk_that_takes_no_more_loses_nothing_that_was_accepted(path: Path) -> None:
    _fill(path)
    script = f"""
import resource, sys
from pathlib import Path
from graph.jobs.errors import StoreError
from graph.jobs.queue import JobQueue
from graph.jobs.store import Store
from tests.graph.jobs.prompts import job
store = Store(Path(sys.argv[1]), print)
queue = JobQueue(store, lambda event: None)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, {resource.RLIM_INFINITY}))
accepted = []
try:
    for number in range(1000):
        accepted.append(queue.enqueue(job(f"more {{number}}")).id)
except StoreError as error:
    print(error)
assert queue.pending()[3:] == accepted
resource.setrlimit(resource.RLIMIT_FSIZE, ({resource.RLIM_INFINITY}, {resource.RLIM_INFINITY}))
queue.enqueue(job("last"))
print(*accepted, "last", sep=";")
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    sentence, accepted = done.stdout.splitlines()
    assert sentence.startswith("the queue's database ")
    assert _pending(path)[3:] == accepted.split(";")


def test_older_databases_are_brought_up_to_date_step_by_step(path: Path) -> None:
    steps = (("CREATE TABLE a (x)",), ("ALTER TABLE a ADD y DEFAULT 7", "CREATE TABLE b (z)"))
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        migrate(database, path, steps[:1])
        database.execute("INSERT INTO a VALUES (1)")
        migrate(database, path, steps)
        assert database.execute("SELECT * FROM a").fetchall() == [(1, 7)]
        assert database.execute("PRAGMA user_version").fetchone() == (2,)
        migrate(database, path, steps)


def test_a_step_that_fails_leaves_the_database_as_it_was(path: Path) -> None:
    steps = (("CREATE TABLE a (x)",), ("CREATE TABLE b (z)", "nonsense"))
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        with pytest.raises(sqlite3.OperationalError, match="nonsense"):
            migrate(database, path, steps)
        assert database.execute("PRAGMA user_version").fetchone() == (1,)
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("a",)]
