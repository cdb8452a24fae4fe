"""Where results are looked for: in memory first, then on the disk.

What is read from the disk goes up into memory; what memory drops is still on the disk, if it was
worth writing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.cache import Entry, MemoryCache
    from graph.disk_cache import DiskCache


class Tiers:
    """A cache in memory with one on the disk behind it.

    Args:
        memory: Fast and forgetful.
        disk: Slow and lasting; None for memory alone.
    """

    def __init__(self, memory: MemoryCache, disk: DiskCache | None = None) -> None:
        self._memory = memory
        self._disk = disk

    def get(self, key: bytes) -> Entry | None:
        """Return what is known under a key. Its values may be gone, or have to be fetched."""
        entry = self._memory.get(key)
        if entry is not None or self._disk is None:
            return entry
        entry = self._disk.get(key)
        if entry is not None:
            self._memory.put(key, entry)
        return entry

    def fetch(self, key: bytes, entry: Entry) -> tuple[object, ...] | None:
        """Return the values of an entry that said they can be fetched; None if they are lost."""
        values = None if self._disk is None else self._disk.fetch(key)
        self._memory.put(key, replace(entry, values=values, stored=values is not None))
        return values

    def put(self, key: bytes, entry: Entry) -> None:
        """Keep a result."""
        stored = self._disk is not None and self._disk.put(key, entry)
        self._memory.put(key, replace(entry, stored=True) if stored else entry)

    def flush(self) -> None:
        """Have everything on the disk that belongs there."""
        if self._disk is not None:
            self._disk.flush()

    def close(self) -> None:
        """Have everything on the disk that belongs there, and let go of it."""
        if self._disk is not None:
            self._disk.close()
