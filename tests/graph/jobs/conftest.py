"""Fixtures for tests of the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.jobs.history import History
from graph.jobs.queue import JobQueue
from graph.jobs.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.events import Event


class Queues:
    """A queue over a database that can be closed and opened again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warnings: list[str] = []
        self.events: list[Event] = []
        self.open()

    def open(self) -> None:
        """Begin, as a server does that starts."""
        self.store = Store(self.path, self.warnings.append)
        self.queue = JobQueue(self.store, self.events.append)
        self.history = History(self.store)

    def restart(self) -> JobQueue:
        """Stop and begin again."""
        self.store.close()
        self.open()
        return self.queue

    def take(self) -> str | None:
        """Take a job and return its id."""
        taken = self.queue.take(lambda: None)
        return taken.request.id if taken else None


@pytest.fixture
def queues(tmp_path: Path) -> Iterator[Queues]:
    """An empty queue."""
    made = Queues(tmp_path / "user" / "queue.sqlite")
    yield made
    made.store.close()


@pytest.fixture
def queue(queues: Queues) -> JobQueue:
    """An empty queue by itself."""
    return queues.queue
