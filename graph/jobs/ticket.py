"""A change to the database that waits for a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Generic, TypeAlias, TypeVar

from graph.jobs.errors import JobsError

Answer = TypeVar("Answer")
Question: TypeAlias = Callable[[sqlite3.Connection], Answer]


class Ticket(Generic[Answer]):
    """Made, perhaps more than once, and settled when it is committed or failed for good.

    Args:
        change: Writes, and answers something.
        then: Called with the answer when it is committed.
    """

    def __init__(self, change: Question[Answer], then: Callable[[Answer], None] | None) -> None:
        self._change = change
        self._then = then
        self._answer: list[Answer] = []
        self._error: BaseException | None = None
        self.settled = False

    def make(self, database: sqlite3.Connection) -> None:
        """Make the change; what it says against it itself, having written nothing, is kept."""
        before = database.total_changes
        self._answer, self._error = [], None
        try:
            self._answer.append(self._change(database))
        except JobsError as error:
            if database.total_changes != before:
                raise AssertionError(f"a change was given up half-way: {error}") from error
            self._error = error

    def fail(self, error: BaseException) -> None:
        """It could not be committed."""
        self._error = error
        self.settled = True

    def succeed(self) -> None:
        """It is committed."""
        if self._error is None and self._then is not None:
            self._then(self._answer[0])
        self.settled = True

    def answer(self) -> Answer:
        """Return what the change answered, or raise what came of it."""
        if self._error is not None:
            raise self._error
        return self._answer[0]
