"""Journals: what nodes write down while they run, so that a killed run goes on where it was.

There is one file for each recipe that runs, open in one process at a time. It goes when the node is
done. What killed processes left and nobody came back for is swept after some days, and all of them
together keep to a budget. Where the folder cannot be written to there is no journal, and no error.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

from graph.journal_file import JournalFile, remove_if_unused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUDGET = 2 * 10**9
DAYS = 14.0
_SUFFIX = ".journal"
_DAY = 86_400


class Journals:
    """The journals below one folder.

    Args:
        folder: Made when the first node asks for a journal.
        salt: What results depend on besides the recipe: versions of libraries for instance.
        budget: Bytes that all journals may take together.
        days: After how many days a journal that nobody writes is swept.
    """

    def __init__(
        self, folder: Path, *, salt: bytes = b"", budget: int = BUDGET, days: float = DAYS
    ) -> None:
        self._folder = folder
        self._salt = salt
        self._budget = budget
        self._days = days
        self._lock = Lock()
        self._open: dict[bytes, JournalFile] = {}
        self._taken: int | None = None

    def open(self, key: bytes) -> JournalFile | None:
        """Return the journal of a recipe; None if it is open elsewhere or there can be none.

        `discard` it when the node is done or failed; `release` it when it is to go on later.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._sweep_once()
            journal = JournalFile.take(self._path(key), self._make_room)
        except OSError:
            return None
        if journal is not None:
            with self._lock:
                self._open[key] = journal
        return journal

    def discard(self, key: bytes) -> None:
        """Remove the journal of a recipe, if this process has it open."""
        journal = self._pop(key)
        if journal is not None:
            journal.remove()

    def release(self, key: bytes) -> None:
        """Let go of the journal of a recipe and leave it to whoever runs the node next."""
        journal = self._pop(key)
        if journal is not None:
            journal.close()

    def close(self) -> None:
        """Let go of all journals and leave them."""
        for key in list(self._open):
            self.release(key)

    def _pop(self, key: bytes) -> JournalFile | None:
        if not self._open:  # as it is for almost every node
            return None
        with self._lock:
            return self._open.pop(key, None)

    def _path(self, key: bytes) -> Path:
        return self._folder / f"{hashlib.sha256(self._salt + key).hexdigest()}{_SUFFIX}"

    def _make_room(self, size: int) -> bool:
        """Whether so many bytes more may be written; the oldest that nobody writes make room."""
        with self._lock:
            if self._taken is None or self._taken + size > self._budget:
                self._taken = self._shrink(size)
            if self._taken + size > self._budget:
                return False
            self._taken += size
            return True

    def _shrink(self, size: int) -> int:
        """Remove the oldest until there is room; return the bytes that are taken then."""
        known = sorted(self.files())
        taken = sum(length for _, length, _ in known)
        for _, length, path in known:
            if taken + size <= self._budget:
                break
            with suppress(OSError):
                taken -= length if remove_if_unused(path) else 0
        return taken

    def _sweep_once(self) -> None:
        with self._lock:
            if self._taken is not None:
                return
            self._taken = self._shrink(0)
        for changed, _, path in self.files():
            if time.time() - changed > self._days * _DAY:
                with suppress(OSError):
                    remove_if_unused(path)

    def files(self) -> Iterator[tuple[float, int, Path]]:
        """When each journal was last written, its bytes, and where it is."""
        for path in self._folder.glob(f"*{_SUFFIX}"):
            with suppress(OSError):
                status = path.stat()
                yield status.st_mtime, status.st_size, path


def count(folder: Path) -> tuple[int, int]:
    """Count the journals in a folder, and the bytes that they take."""
    sizes = [size for _, size, _ in Journals(folder).files()]
    return len(sizes), sum(sizes)


def clear(folder: Path) -> int:
    """Throw away the journals in a folder that nobody is writing; answer how many."""
    removed = 0
    for _, _, path in Journals(folder).files():
        with suppress(OSError):
            removed += remove_if_unused(path)
    return removed
