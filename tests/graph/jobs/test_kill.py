"""`kill -9` at any moment: what was accepted is there, in order; what ended has ended."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.jobs.history import Choice
from graph.jobs.record import JobStatus
from tests.graph.jobs.conftest import Queues

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[3]
_WORK = """
import sys, threading
from pathlib import Path
from graph.jobs.dispatcher import Dispatcher
from graph.jobs.queue import JobQueue
from graph.jobs.queue_events import JobEnded
from graph.jobs.store import Store
from tests.graph.jobs.prompts import job
from tests.graph.jobs.scripted import Scripted

path, first = Path(sys.argv[1]), int(sys.argv[2])
lock = threading.Lock()

def say(*words):
    with lock:
        print(*words, flush=True)

def hear(event):
    if isinstance(event, JobEnded):
        say("ended", event.job)

queue = JobQueue(Store(path, print), hear)
dispatcher = Dispatcher(queue, Scripted(), hear, print)
say("begun")
dispatcher.start()
number = first
while True:
    queue.enqueue(job(f"{number:06}", front=number % 50 == 49))
    say("accepted", f"{number:06}")
    number += 1
"""


def _work_until_killed(path: Path, first: int, seconds: float) -> tuple[list[str], list[str]]:
    """Queue and run jobs in another process, kill it, and return what it said of them."""
    command = [sys.executable, "-c", _WORK, str(path), str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(seconds)
        process.kill()
        # The last line may be cut off.
        said = [line.split() for line in process.stdout.read().split("\n")[:-1]]
    return _of(said, "accepted"), _of(said, "ended")


def _of(said: Sequence[Sequence[str]], what: str) -> list[str]:
    return [words[1] for words in said if words[0] == what]


def _kill(path: Path, times: int) -> None:
    accepted: list[str] = []
    ended: list[str] = []
    rng = random.Random(0)
    for _ in range(times):
        first = int(max(accepted, default="-1")) + 2  # one more may be there without our knowing
        more, done = _work_until_killed(path, first, rng.uniform(0.01, 0.4))
        accepted += more
        ended += done
    queues = Queues(path)
    queue, history = queues.queue, queues.history
    pending = queue.pending()
    rows = {row.id: row for row in history.rows(Choice())}
    assert set(accepted) <= rows.keys() | set(pending)
    assert set(ended) <= rows.keys()
    assert all(row.status is JobStatus.DONE for row in rows.values())
    assert len(rows.keys() | set(pending)) <= len(accepted) + times
    # In order: what was in hand, what went to the front, the last one first, and the others.
    others = pending[len(queue.recovered) :]
    front = [name for name in others if int(name) % 50 == 49]
    assert others == sorted(front, reverse=True) + sorted(set(others) - set(front))
    for name in pending[:3]:
        taken = queue.take(lambda: None)
        assert taken is not None
        assert taken.request.id == name
    queues.store.close()
    assert queues.warnings == []


def test_every_accepted_job_is_there_after_kills(tmp_path: Path) -> None:
    _kill(tmp_path / "queue.sqlite", 3)


@pytest.mark.slow
def test_every_accepted_job_is_there_after_fifty_kills(tmp_path: Path) -> None:
    _kill(tmp_path / "queue.sqlite", 50)
