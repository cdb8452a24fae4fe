"""What is in files: content hashes, remembered so that a checkpoint is read once and not each run.

A hash is remembered under the file's real path, size and time of last change, in memory and, where
there is a place for it, in a table on disk. One that was changed a moment ago is not remembered:
it could change again within the same tick of the file system's clock, and nobody would see.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TypeAlias

from graph.errors import MissingFileError
from graph.hash_store import HashStore

OnBytes: TypeAlias = Callable[[int, int], None]
_BLOCK = 2**22
_SETTLED = 2 * 10**9
"""Nanoseconds: the coarsest clock of a file system still in use (FAT) ticks every two seconds."""


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
        self._store = HashStore(store) if store else None
        self._lock = Lock()

    def content_hash(self, path: Path, *, on_bytes: OnBytes | None = None) -> bytes:
        """Return the SHA-256 of a file's content, or of the contents of a folder with their names.

        Args:
            path: A file or folder.
            on_bytes: Told of bytes read and in all, of each file; may raise to cancel.

        Raises:
            MissingFileError: There is nothing at the path, or it cannot be read.
        """
        if path.is_dir():
            return self._folder_hash(path, on_bytes)
        stamp = FileStamp.of(Path(os.path.realpath(path)))
        known = self._recall(stamp)
        while known is None:
            started = time.time_ns()
            known = _read_and_hash(stamp, on_bytes)
            again = FileStamp.of(stamp.path)
            if again != stamp:
                stamp, known = again, None
            elif abs(started - stamp.mtime_ns) > _SETTLED:
                self._record(stamp, known)
        return known

    def known(self, path: Path) -> bytes | None:
        """Return the hash of a file's content if it need not be read for that; None otherwise."""
        if path.is_dir():
            return None
        return self._recall(FileStamp.of(Path(os.path.realpath(path))))

    def _folder_hash(self, folder: Path, on_bytes: OnBytes | None) -> bytes:
        digest = hashlib.sha256()
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(self.content_hash(path, on_bytes=on_bytes))
        return digest.digest()

    def _recall(self, stamp: FileStamp) -> bytes | None:
        with self._lock:
            known = self._known.get(stamp)
        if known is None and self._store:
            known = self._store.recall(stamp.path, stamp.size, stamp.mtime_ns)
            if known is not None:
                self._remember(stamp, known)
        return known

    def _record(self, stamp: FileStamp, content: bytes) -> None:
        self._remember(stamp, content)
        if self._store:
            self._store.record(stamp.path, stamp.size, stamp.mtime_ns, content)

    def _remember(self, stamp: FileStamp, content: bytes) -> None:
        with self._lock:
            self._known[stamp] = content


def _read_and_hash(stamp: FileStamp, on_bytes: OnBytes | None) -> bytes:
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
        raise MissingFileError(f"cannot read {stamp.path}: {reason}", str(stamp.path)) from error
    return digest.digest()
