"""The queue is measured with jobs that really go through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import queue
from graph.jobs.history import Choice, History
from graph.jobs.record import JobStatus
from graph.jobs.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_all_jobs_went_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "JOBS", 20)
    assert queue.through(tmp_path / "queue.sqlite", 3) > 0
    store = Store(tmp_path / "queue.sqlite", print)
    assert History(store).count(Choice(statuses=[JobStatus.DONE])) == 20
    store.close()


def test_what_was_queued_is_there_after_the_restart(tmp_path: Path) -> None:
    seconds, whole = queue.restart(tmp_path / "queue.sqlite")
    assert whole
    assert seconds > 0
