"""The queue's database: one writer, whose transactions carry whatever waits for one, and readers.

Whoever wants to write hands in a change and waits until it is committed. One who finds nobody
writing commits for all who wait, so that many who come at once share a transaction. What was
committed survives the death of the process at any moment; a power cut may cost the last instants
(`synchronous = NORMAL`).
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar

from graph.jobs.checkpoints import Checkpoints
from graph.jobs.errors import StoreError
from graph.jobs.faults import busy, store_error
from graph.jobs.opening import open_beside, open_database
from graph.jobs.ownership import Ownership
from graph.jobs.ticket import Ticket

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graph.jobs.ticket import Question

Answer = TypeVar("Answer")

_PATIENCE: Final = 2.0
"""Seconds to wait for another process that writes."""
_PAUSE: Final = 0.01
_MOMENT: Final = 0.005
"""Seconds that an event loop may wait for others' commits."""


class Store:
    """The database, owned by this process until it is closed.

    Args:
        path: The file; it and its folder are made if there are none.
        warn: Told in one sentence what the user should know.
        patience: Seconds to wait for another process that has locked the database.

    Raises:
        StoreOwnedError: Another process owns it.
        StoreError: It is newer, locked, read-only, …
    """

    def __init__(
        self, path: Path, warn: Callable[[str], None], *, patience: float = _PATIENCE
    ) -> None:
        self.path = path
        self._patience = patience
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"cannot make the folder of the queue's database, {path.parent}:"
                f" {error.strerror}; choose another with --user-directory"
            ) from error
        self._ownership = Ownership(path)
        try:
            self._database = open_database(path, warn)
            self._reader = open_beside(path)
        except BaseException:
            self._ownership.release()
            raise
        self._lock = Lock()
        self._checkpoints = Checkpoints(path, self._database, self._lock)
        self._reading = Lock()
        self._waiting: deque[Ticket[Any]] = deque()
        self._on_rollback: Question[None] = _nothing
        self._stale = False
        self._open = True

    def on_rollback(self, reread: Question[None]) -> None:
        """Have what is kept in memory read anew when changes that it knows of were taken back."""
        self._on_rollback = reread

    def write(
        self, change: Question[Answer], then: Callable[[Answer], None] | None = None
    ) -> Answer:
        """Make a change and wait until it is committed.

        Args:
            change: Writes, and answers what is to be returned. It may be called again when a
                transaction that it shared failed; a `JobsError` that it raises before it has
                written anything concerns nobody else.
            then: Called with the answer once it is committed, in the order of the changes, before
                any other change is made.

        Raises:
            StoreError: Nothing was written.
            JobsError: Whatever the change raises.
        """
        return self.write_along(change, then)()

    def write_along(
        self, change: Question[Answer], then: Callable[[Answer], None] | None = None
    ) -> Callable[[], Answer]:
        """Have a change made with the next one that anybody makes.

        Returns:
            What waits until it is committed, and does that itself if nobody has: it does as
            `write`, and has to be called.
        """
        ticket = self._hand_in(change, then)

        def wait() -> Answer:
            if not ticket.settled:
                self._wait_for(ticket)
            return ticket.answer()

        return wait

    async def write_soon(
        self, change: Question[Answer], then: Callable[[Answer], None] | None = None
    ) -> Answer:
        """Do the same without keeping the event loop waiting.

        A commit takes less time than asking a thread for it, so that is done only where it would
        have to wait for longer than others' commits take.
        """
        ticket = self._hand_in(change, then)
        if self._lock.acquire(timeout=_MOMENT):
            try:
                self._serve(ticket, wait=False)
            finally:
                self._lock.release()
        if not ticket.settled:
            await asyncio.to_thread(self._wait_for, ticket)
        return ticket.answer()

    def read(self, question: Question[Answer]) -> Answer:
        """Ask something; what is committed is seen.

        Raises:
            StoreError: It cannot be answered.
        """
        with self._reading:
            if not self._open:
                raise self._closed()
            try:
                return question(self._reader)
            except sqlite3.Error as error:
                raise store_error(error, self.path) from error

    def close(self) -> None:
        """Finish what was begun and let another process own the database."""
        with self._lock:
            if not self._open:
                return
            self._open = False
        self._checkpoints.close()
        with self._lock, self._reading:
            self._reader.close()
            self._database.close()
            self._ownership.release()

    def _hand_in(
        self, change: Question[Answer], then: Callable[[Answer], None] | None
    ) -> Ticket[Answer]:
        ticket = Ticket(change, then)
        self._waiting.append(ticket)
        return ticket

    def _wait_for(self, ticket: Ticket[Answer]) -> None:
        with self._lock:
            self._serve(ticket, wait=True)

    def _serve(self, ticket: Ticket[Answer], *, wait: bool) -> None:
        """Commit all that wait, unless somebody has done so for this one meanwhile."""
        if ticket.settled:
            return
        try:
            if not self._begin(wait=wait):
                return
        except StoreError as error:
            for one in self._all_waiting():
                one.fail(error)
            return
        batch = self._all_waiting()
        if not self._commit(batch):
            for one in batch:
                self._commit_alone(one)
        self._checkpoints.wrote()

    def _all_waiting(self) -> list[Ticket[Any]]:
        return [self._waiting.popleft() for _ in range(len(self._waiting))]

    def _begin(self, *, wait: bool) -> bool:
        """Begin a transaction; answers False if that would mean waiting, and one may not."""
        if not self._open:
            raise self._closed()
        until = time.monotonic() + self._patience
        while True:
            try:
                self._database.execute("BEGIN IMMEDIATE")
                if self._stale:
                    self._reread()
            except sqlite3.Error as error:
                self._roll_back()
                if busy(error) and not wait:
                    return False
                if not busy(error) or time.monotonic() > until:
                    raise store_error(error, self.path) from error
                time.sleep(_PAUSE)
            else:
                return True

    def _commit(self, batch: list[Ticket[Any]]) -> bool:
        """Make changes and commit them; answers False if each has to be tried by itself."""
        try:
            for ticket in batch:
                ticket.make(self._database)
            self._database.execute("COMMIT")
        except BaseException as error:
            self._take_back()
            if len(batch) > 1 and isinstance(error, Exception):
                return False
            for ticket in batch:
                ticket.fail(self._explained(error))
            if not isinstance(error, Exception):
                raise
            return True
        for ticket in batch:
            ticket.succeed()
        return True

    def _commit_alone(self, ticket: Ticket[Any]) -> None:
        try:
            self._begin(wait=True)
        except StoreError as error:
            ticket.fail(error)
        else:
            self._commit([ticket])

    def _explained(self, error: BaseException) -> BaseException:
        if not isinstance(error, sqlite3.Error):
            return error
        explained = store_error(error, self.path)
        explained.__cause__ = error
        return explained

    def _take_back(self) -> None:
        """Undo what was begun, in the memory of those who know of it, too."""
        self._roll_back()
        self._stale = True
        with suppress(sqlite3.Error):  # then it is done before the next change
            self._reread()

    def _roll_back(self) -> None:
        # After some errors, a full disk for instance, it is rolled back already.
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")

    def _reread(self) -> None:
        self._on_rollback(self._database)
        self._stale = False

    def _closed(self) -> StoreError:
        return StoreError(f"the queue's database {self.path} is closed; nothing more is queued")


def _nothing(_database: sqlite3.Connection) -> None:
    """Stands where nobody keeps anything in memory."""
