"""What is known of results that outlive the process: a small SQLite table, shared by processes.

Each row has a result's record and, if its values are kept, their size and what they are worth: the
seconds that making them took over the bytes that they take, plus the worth of what was thrown out
last when they were last used. So what is cheap for its size goes first, and what nobody uses any
more goes in the end ("GreedyDual-Size", Cao and Irani 1997).
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

from graph.facts import fact
from graph.result_table import connect, identity

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_RECORD = (
    "INSERT INTO results VALUES (?1, ?2, ?3, ?4,"
    " (SELECT worth FROM thrown_out) + 1.0 * ?3 / max(?4, 1), ?5)"
    # Values that somebody else has kept are there still.
    " ON CONFLICT (key) DO UPDATE SET record = excluded.record, seconds = excluded.seconds,"
    " size = max(size, excluded.size), used = excluded.used,"
    " worth = CASE WHEN excluded.size > 0 THEN excluded.worth ELSE worth END"
)
_USE = (
    "UPDATE results SET used = ?,"
    " worth = (SELECT worth FROM thrown_out) + seconds / max(size, 1) WHERE key = ?"
)
_ALL = "SELECT key, record, seconds, size, used FROM results"
_ONE = f"{_ALL} WHERE key = ?"
_CHEAPEST = "SELECT key, size, worth FROM results WHERE size > 0 ORDER BY worth"
_LOST = "UPDATE results SET size = 0 WHERE key = ?"
_DAY = 86_400
_SLACK = 0.9
"""How full the budget is left when something had to go, so that not every result costs a round."""


@fact()
class Row:
    """One result.

    Attributes:
        key: What made it.
        record: What is known of it.
        seconds: How long it took to make.
        size: Bytes that its values take on the disk; 0 if they are not kept.
        used: When it was last asked for, in seconds since 1970, give or take a day.
    """

    key: bytes
    record: bytes
    seconds: float
    size: int
    used: int = 0

    @property
    def stale(self) -> bool:
        """Whether it is time to note that the result is still in use."""
        return self.used < time.time() - _DAY


class ResultIndex:
    """The table in one file.

    Every method may raise `sqlite3.Error`, `OSError` or `NewerIndexError`.

    Args:
        path: The SQLite file; it and its folder are made when they are first asked.
        most: Results to know of; those that were not used for longest go first.
    """

    def __init__(self, path: Path, most: int = 200_000) -> None:
        self._path = path
        self._most = most
        self._lock = RLock()
        self._database: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._process = 0
        self._added = most

    def __del__(self) -> None:
        self.close()

    @property
    def exists(self) -> bool:
        """Whether there is a table; asking does not make one."""
        return self._path.is_file()

    def recall(self, key: bytes) -> Row | None:
        """Return what is known under a key."""
        with self._lock:
            found = self._open().execute(_ONE, (key,)).fetchone()
        return Row(*found) if found else None

    def record(self, rows: Sequence[Row], used: Iterable[bytes] = ()) -> None:
        """Remember results, and that others were used."""
        now = int(time.time())
        with self._transaction() as database:
            database.executemany(
                _RECORD, [(row.key, row.record, row.seconds, row.size, now) for row in rows]
            )
            database.executemany(_USE, [(now, key) for key in used])
            self._added += len(rows)
            if self._added >= self._most // 10:
                self._forget_oldest(database)
                self._added = 0

    def lost(self, keys: Iterable[bytes]) -> None:
        """Note that values are not kept any more."""
        with self._transaction() as database:
            database.executemany(_LOST, [(key,) for key in keys])

    def forget(self, keys: Iterable[bytes]) -> None:
        """Forget results."""
        with self._transaction() as database:
            database.executemany("DELETE FROM results WHERE key = ?", [(key,) for key in keys])

    def shrink(self, budget: int) -> list[bytes]:
        """Choose values to throw out until a budget is kept; return their keys, now without."""
        if self._held_bytes() <= budget:
            return []
        thrown_out: list[tuple[bytes, float]] = []
        with self._transaction() as database:
            excess = self._held_bytes() - budget * _SLACK
            for key, size, worth in database.execute(_CHEAPEST):
                if excess <= 0:
                    break
                thrown_out.append((key, worth))
                excess -= size
            database.executemany(_LOST, [(key,) for key, _ in thrown_out])
            if thrown_out:
                database.execute("UPDATE thrown_out SET worth = ?", (thrown_out[-1][1],))
        return [key for key, _ in thrown_out]

    def totals(self) -> tuple[int, int, int, float]:
        """Count results, those whose values are kept, these values' bytes and seconds."""
        with self._lock:
            database = self._open()
            (results,) = database.execute("SELECT count(*) FROM results").fetchone()
            kept, size, seconds = database.execute(
                "SELECT count(*), coalesce(sum(size), 0), coalesce(sum(seconds), 0.0) FROM results"
                " WHERE size > 0"
            ).fetchone()
        return results, kept, size, seconds

    def keys(self) -> set[bytes]:
        """Return the keys of everything that is known."""
        with self._lock:
            return {key for (key,) in self._open().execute("SELECT key FROM results")}

    def rows(self) -> list[Row]:
        """Return everything that is known."""
        with self._lock:
            found = self._open().execute(_ALL).fetchall()
        return [Row(*row) for row in found]

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        with self._lock:
            if self._database is not None and self._process == os.getpid():
                self._database.close()
            self._database = self._file = None

    def clear(self) -> None:
        """Forget every result."""
        with self._transaction() as database:
            database.execute("DELETE FROM results")
        with self._lock:
            self._open().execute("VACUUM")

    def remove(self) -> None:
        """Remove the file, which is damaged, and begin anew with the next question.

        It may be another one by now, which another process made for the same reason.
        """
        with self._lock:
            opened = self._file
            self.close()
            if opened in {None, identity(self._path)}:
                for ending in ("-wal", "-shm", ""):
                    self._path.with_name(self._path.name + ending).unlink(missing_ok=True)

    def _held_bytes(self) -> int:
        with self._lock:
            found = self._open().execute("SELECT sum(size) FROM results WHERE size > 0").fetchone()
        return found[0] or 0

    def _forget_oldest(self, database: sqlite3.Connection) -> None:
        """Keep to the most that may be known; what has values is seen to by the budget."""
        database.execute(
            "DELETE FROM results WHERE key IN (SELECT key FROM results WHERE size = 0"
            " ORDER BY used DESC LIMIT -1 OFFSET ?)",
            (self._most,),
        )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            database = self._open()
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            except BaseException:
                # After some errors, a full disk for instance, it is rolled back already.
                if database.in_transaction:
                    database.execute("ROLLBACK")
                raise

    def _open(self) -> sqlite3.Connection:
        """The connection of this process; a fork makes one of its own."""
        if self._database is None or self._process != os.getpid():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._database = connect(self._path)
            self._file = identity(self._path)
            self._process = os.getpid()
        return self._database
