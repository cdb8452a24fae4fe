"""One journal: a file of records that survives the death of whoever writes it.

Eight bytes say what the file is. A record is its length and a CRC-32, 4 bytes each, little-endian,
and its bytes. A write that was cut short leaves a record whose sum is wrong; it and what follows
count for nothing. Nothing is flushed to the disk: what was written outlives every process, though
not a power cut.
"""

from __future__ import annotations

import os
import struct
import zlib
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Self

from graph.file_lock import still_at, try_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_MAGIC = b"SLjourn1"
_HEAD = struct.Struct("<II")
# Windows translates line ends in files that are not opened as binary, and children inherit them.
_FLAGS = os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class JournalFile:
    """An open journal, which no other process can open meanwhile. Made by `take`.

    Attributes:
        path: Where it is.
        records: What earlier processes wrote, in order.
    """

    def __init__(self, path: Path, descriptor: int, room: Callable[[int], bool]) -> None:
        self.path = path
        self._descriptor: int | None = descriptor
        self._room = room
        self._lock = Lock()
        self._full = False
        os.lseek(descriptor, 0, os.SEEK_SET)
        content = _read_all(descriptor)
        self.records: Sequence[bytes]
        self.records, self._end = parse(content)
        self._written = self._end > len(_MAGIC)
        if not self._written:
            _write_all(descriptor, _MAGIC, 0)
        os.ftruncate(descriptor, self._end)

    @classmethod
    def take(cls, path: Path, room: Callable[[int], bool]) -> Self | None:
        """Open a journal, or begin it.

        Args:
            path: The file, in a folder that is there.
            room: Asked before so many bytes more are written.

        Returns:
            The journal; None if another has it open.

        Raises:
            OSError: The file cannot be opened, read or written.
        """
        descriptor = _open_alone(path, os.O_CREAT)
        if descriptor is None:
            return None
        try:
            return cls(path, descriptor, room)
        except BaseException:
            os.close(descriptor)
            raise

    def append(self, record: bytes) -> None:
        """Write down one more record, whole or not at all.

        Where there is no room, neither this one nor a later one is kept.
        """
        head = _HEAD.pack(len(record), zlib.crc32(record))
        with self._lock:
            if self._descriptor is None or self._full:
                return
            if not self._room(len(head) + len(record)):
                self._full = True
                return
            try:
                _write_all(self._descriptor, head + record, self._end)
            except OSError:
                self._full = True
                with suppress(OSError):
                    os.ftruncate(self._descriptor, self._end)
                return
            self._end += len(head) + len(record)
            self._written = True

    def close(self) -> None:
        """Let go of the file; it stays for the next process unless nothing is in it."""
        self._close(keep=self._written)

    def remove(self) -> None:
        """Let go of the file and remove it."""
        self._close(keep=False)

    def _close(self, *, keep: bool) -> None:
        with self._lock:
            descriptor, self._descriptor = self._descriptor, None
            if descriptor is None:
                return
            if keep:
                os.close(descriptor)
            else:
                _remove(self.path, descriptor)


def remove_if_unused(path: Path) -> bool:
    """Remove a journal that nobody has open.

    Returns:
        Whether it was removed.

    Raises:
        OSError: It is gone already, or the system does not let it go.
    """
    descriptor = _open_alone(path, 0)
    if descriptor is None:
        return False
    _remove(path, descriptor)
    return True


def _open_alone(path: Path, creating: int) -> int | None:
    """Open and lock a file; None if another has it locked."""
    descriptor = os.open(path, _FLAGS | creating, 0o600)
    # Who had it open may have removed it between the opening and the locking.
    if try_lock(descriptor) and still_at(path, descriptor):
        return descriptor
    os.close(descriptor)
    return None


def _remove(path: Path, descriptor: int) -> None:
    """Remove a file that is open and locked, and close it."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
    try:
        # Nobody may get hold of it in between, so it goes before the lock does …
        path.unlink(missing_ok=True)
    except OSError:
        os.close(descriptor)
        # … except where a file cannot be removed while it is open, on Windows.
        with suppress(OSError):
            path.unlink(missing_ok=True)
    else:
        os.close(descriptor)


def parse(content: bytes) -> tuple[list[bytes], int]:
    """Read records as far as they are sound; answer them and where the sound part ends."""
    if not content.startswith(_MAGIC):
        return [], len(_MAGIC)
    records, place = [], len(_MAGIC)
    while place + _HEAD.size <= len(content):
        length, checksum = _HEAD.unpack_from(content, place)
        start = place + _HEAD.size
        record = content[start : start + length]
        if len(record) < length or zlib.crc32(record) != checksum:
            break
        records.append(record)
        place = start + length
    return records, place


def _read_all(descriptor: int) -> bytes:
    with open(descriptor, "rb", closefd=False) as file:
        return file.read()


def _write_all(descriptor: int, content: bytes, place: int) -> None:
    os.lseek(descriptor, place, os.SEEK_SET)
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
