"""Results that outlive the process, below one folder that several processes may share.

Of every result it is remembered what is known of it, the identities of its outputs above all, so
that the keys of its readers can be computed without it. Values are kept as files if a codec can
write them, if making them took longer than writing them, and as long as a budget allows. A model
has no bytes to write: its identity outlives the process and it itself does not.

Nothing here can fail a run. What is damaged, locked or gone was never there; a folder that cannot
be written to, or has no room, is told of once and left alone.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from threading import RLock
from typing import TYPE_CHECKING

from graph.records import DamagedRecordError, pack, unpack
from graph.result_index import ResultIndex, Row
from graph.result_table import NewerIndexError
from graph.value_files import DamagedValueError, ValueFiles
from graph.write_pace import WritePace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graph.cache import Entry
    from graph.codec import Codec

_MANY = 1_000
_TOO_MANY = 20_000
_PROMPTLY = 0.25
"""Seconds of work, at most, that a process that is killed leaves unrecorded."""
_LATER = 2.0
"""Seconds until the next try when another process is in the way."""
_BLOCK = 4096
"""What even the smallest file takes on the disk."""


def index_in(folder: Path) -> ResultIndex:
    """Return the index of a cache folder."""
    return ResultIndex(folder / "index.sqlite")


def values_in(folder: Path) -> ValueFiles:
    """Return the files of a cache folder."""
    return ValueFiles(folder / "values")


def _keep_to_oneself(_trouble: str) -> None:
    pass


class DiskCache:
    """Entries by key.

    Args:
        folder: Made when it is first used.
        codec: Writes and reads values.
        budget: Bytes that values may take.
        salt: What else results depend on, such as the version of the code and the kind of device;
            results of another salt are not found.
        on_trouble: Told, once, in a sentence, why nothing is kept.
    """

    def __init__(
        self,
        folder: Path,
        codec: Codec,
        budget: int,
        *,
        salt: bytes = b"",
        on_trouble: Callable[[str], None] = _keep_to_oneself,
    ) -> None:
        self._folder = folder
        self._index = index_in(folder)
        self._files = values_in(folder)
        self._codec = codec
        self._budget = budget
        self._salt = salt
        self._on_trouble = on_trouble
        self._pace = WritePace()
        self._pending: dict[bytes, Row] = {}
        self._used: set[bytes] = set()
        self._due = time.monotonic() + _PROMPTLY
        self._lock = RLock()
        self._swept = False
        self._off = False

    def get(self, key: bytes) -> Entry | None:
        """Return what is known under a key, without its values."""
        return self._entry(self._salted(key))

    def fetch(self, key: bytes) -> tuple[object, ...] | None:
        """Return the values that are kept under a key, or None."""
        key = self._salted(key)
        entry = self._entry(key)
        if entry is None or not entry.stored:
            return None
        values = self._read(key, entry)
        if values is None:
            self._lose(key)
        else:
            with self._lock:
                self._used.add(key)
        return values

    def put(self, key: bytes, entry: Entry) -> bool:
        """Remember a result; answers whether its values are kept, too."""
        if self._off:
            return False
        key = self._salted(key)
        record = pack(key, entry)
        if record is None:
            return False
        size = self._write(key, entry)
        with self._lock:
            self._pending[key] = Row(key, record, entry.seconds, size)
            due = time.monotonic() > self._due or len(self._pending) % _MANY == 0
        # A file that is there and that nobody knows of would be written once more.
        due = due or bool(entry.files)
        if due:
            self.flush()
        return size > 0

    def flush(self) -> None:
        """Record what was not yet, and keep to the budget."""
        with self._lock:
            rows, used = list(self._pending.values()), set(self._used)
            self._due = time.monotonic() + _PROMPTLY
            if self._off or not (rows or used):
                return
            try:
                self._index.record(rows, used)
                self._pending.clear()
                self._used.clear()
                self._shrink()
            except (sqlite3.Error, OSError, NewerIndexError) as error:
                self._cope(error)

    def _shrink(self) -> None:
        thrown_out = self._index.shrink(self._budget)
        self._files.remove(thrown_out)
        if thrown_out and not self._swept:
            # There is little room, and processes that were killed may have left something behind.
            self._swept = True
            self._files.sweep(self._index.keys())

    def close(self) -> None:
        """Record what was not yet, and let go of the folder until it is used again."""
        self.flush()
        self._index.close()

    def _salted(self, key: bytes) -> bytes:
        return hashlib.sha256(self._salt + key).digest()

    def _entry(self, key: bytes) -> Entry | None:
        row = self._pending.get(key) or self._recall(key)
        if row is None:
            return None
        try:
            return unpack(row)
        except DamagedRecordError:
            return None

    def _recall(self, key: bytes) -> Row | None:
        if self._off:
            return None
        try:
            row = self._index.recall(key)
        except (sqlite3.Error, OSError, NewerIndexError) as error:
            self._cope(error)
            return None
        if row is not None and row.stale:
            with self._lock:
                self._used.add(key)
        return row

    def _write(self, key: bytes, entry: Entry) -> int:
        """Write an entry's values if that is worth it; answers the bytes that they take."""
        if not entry.values:
            return 0
        if self._pace.of(0) >= entry.seconds:
            return 0  # whatever they weigh
        weight = self._codec.weigh(entry.values)
        if weight is None or weight > self._budget or self._pace.of(weight) >= entry.seconds:
            return 0
        started = time.perf_counter()
        try:
            size = self._files.write(key, _seal(entry), self._codec.encode(entry.values))
        except OSError as error:
            self._cope(error)
            return 0
        self._pace.learn(size, time.perf_counter() - started)
        return -(-size // _BLOCK) * _BLOCK

    def _read(self, key: bytes, entry: Entry) -> tuple[object, ...] | None:
        try:
            content = self._files.read(key, _seal(entry))
            values = None if content is None else self._codec.decode(content)
        except (DamagedValueError, ValueError):
            self._files.remove([key])
            return None
        complete = values is not None and len(values) == len(entry.identities)
        return values if complete else None

    def _lose(self, key: bytes) -> None:
        """Note that values are gone, so that nobody looks for them again."""
        with self._lock:
            self._pending.pop(key, None)
        try:
            self._index.lost([key])
        except (sqlite3.Error, OSError, NewerIndexError) as error:
            self._cope(error)

    def _cope(self, error: Exception) -> None:
        """Go on without what could not be done, and without the folder if it is of no use."""
        if isinstance(error, sqlite3.Error):
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                self._put_off()
                return
            if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} and self._begin_anew():
                return
        with self._lock:
            told, self._off = self._off, True
            self._pending.clear()
            self._used.clear()
        if not told:
            reason = getattr(error, "strerror", None) or str(error)
            self._on_trouble(
                f"results are not kept for the next start: {self._folder} cannot be used ({reason})"
            )

    def _put_off(self) -> None:
        """Another process writes for a long time; there will be another occasion."""
        with self._lock:
            self._due = time.monotonic() + _LATER
            if len(self._pending) > _TOO_MANY:
                self._pending.clear()

    def _begin_anew(self) -> bool:
        """Throw a damaged index away, and the files, which nobody can find without it."""
        try:
            self._index.remove()
        except OSError:
            return False
        self._files.clear()
        return True


def _seal(entry: Entry) -> bytes:
    return b"".join(entry.identities)
