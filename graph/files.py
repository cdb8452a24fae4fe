"""What is in files: content hashes, remembered so that a checkpoint is read once and not each run.

A hash is remembered under the file's real path, size and time of last change, in memory and, where
there is a place for it, in a small SQLite table that several processes share. The table is a
convenience: one that cannot be opened or written is done without.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TypeAlias

from graph.errors import MissingFileError

OnBytes: TypeAlias = Callable[[int, int], None]
_BLOCK = 2**22
_TABLE = (
    "CREATE TABLE IF NOT EXISTS files"
    " (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, sha256 BLOB) WITHOUT ROWID"
)


@dataclass(frozen=True, slots=True)
class FileStamp:
    """How a file looks from outside; another look means another content.

    Attributes:
        path: Where it is.
        size: In bytes; −1 if it is not there.
        mtime_ns: When it was last changed.
    """

    path: Path
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> FileStamp:
        """Look at a file."""
        try:
            status = path.stat()
        except OSError:
            return cls(path, -1, 0)
        return cls(path, status.st_size, status.st_mtime_ns)

    def unchanged(self) -> bool:
        """Look again: whether the file is there and as it was."""
        return self.size >= 0 and FileStamp.of(self.path) == self


class FileIndex:
    """Content hashes of files.

    Args:
        store: The SQLite file that outlives the process; None to remember in memory only.
    """

    def __init__(self, store: Path | None = None) -> None:
        self._known: dict[FileStamp, bytes] = {}
        self._store = store
        self._lock = Lock()

    def content_hash(self, path: Path, *, on_bytes: OnBytes | None = None) -> bytes:
        """Return the SHA-256 of a file's content, or of the contents of a folder with their names.

        Args:
            path: A file or folder.
            on_bytes: Told of bytes read and in all; may raise to cancel.

        Raises:
            MissingFileError: There is nothing at the path, or it cannot be read.
        """
        if path.is_dir():
            return self._folder_hash(path, on_bytes)
        stamp = FileStamp.of(Path(os.path.realpath(path)))
        with self._lock:
            known = self._known.get(stamp) or self._recall(stamp)
        if known is None:
            known, stamp = _hash_of(stamp, on_bytes)
            self._record(stamp, known)
        with self._lock:
            self._known[stamp] = known
        return known

    def _folder_hash(self, folder: Path, on_bytes: OnBytes | None) -> bytes:
        digest = hashlib.sha256()
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(self.content_hash(path, on_bytes=on_bytes))
        return digest.digest()

    def _recall(self, stamp: FileStamp) -> bytes | None:
        if self._store is None or not self._store.is_file():
            return None
        try:
            with closing(sqlite3.connect(self._store, timeout=1.0)) as database:
                row = database.execute(
                    "SELECT sha256 FROM files WHERE path = ? AND size = ? AND mtime_ns = ?",
                    (str(stamp.path), stamp.size, stamp.mtime_ns),
                ).fetchone()
        except sqlite3.Error:
            return None
        return row[0] if row and isinstance(row[0], bytes) else None

    def _record(self, stamp: FileStamp, content: bytes) -> None:
        if self._store is None:
            return
        try:
            self._store.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._store, timeout=1.0)) as database, database:
                database.execute("PRAGMA journal_mode = WAL")
                database.execute(_TABLE)
                database.execute(
                    "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)",
                    (str(stamp.path), stamp.size, stamp.mtime_ns, content),
                )
        except (sqlite3.OperationalError, OSError):
            self._store = None  # read only or locked: remember in memory
        except sqlite3.DatabaseError:
            self._start_anew()

    def _start_anew(self) -> None:
        """Throw away a damaged table; nothing is lost but time."""
        try:
            if self._store is not None:
                self._store.unlink(missing_ok=True)
        except OSError:
            self._store = None


def _hash_of(stamp: FileStamp, on_bytes: OnBytes | None) -> tuple[bytes, FileStamp]:
    """The content's hash and the stamp that goes with it: both are of one moment."""
    while True:
        digest = hashlib.sha256()
        done = 0
        try:
            with stamp.path.open("rb") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
                    done += len(block)
                    if on_bytes:
                        on_bytes(done, stamp.size)
        except OSError as error:
            reason = error.strerror or "unknown reason"
            raise MissingFileError(
                f"cannot read {stamp.path}: {reason}", str(stamp.path)
            ) from error
        again = FileStamp.of(stamp.path)
        if again == stamp:
            return digest.digest(), stamp
        stamp = again
