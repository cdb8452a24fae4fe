"""Results kept in memory under their recipe's key, the least recently used ones dropped first.

The budget counts bytes that are really held: a block of memory that several results share counts
once. Of a dropped result the identities of its outputs stay known, so that its readers can still be
found and the node need not run again unless somebody wants its values.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from graph.facts import fact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.files import FileStamp

Storages: TypeAlias = Callable[[object], Iterable[tuple[int, int]]]
"""Answers for a value the ids and sizes in bytes of the blocks of memory that it holds."""

_MOST_KNOWN = 100_000


@fact()
class Inner:
    """What a node told and wrote that stood for another one; it is not in the workflow.

    Attributes:
        node_id: Its id.
        class_type: Its class.
        ui: What clients were told.
        files: What it wrote, as it was then.
    """

    node_id: str
    class_type: str
    ui: Mapping[str, object] | None
    files: tuple[FileStamp, ...] = ()


@fact()
class Entry:
    """What a node made.

    Attributes:
        identities: Of its outputs, slot by slot.
        values: Its outputs; None once they were dropped.
        ui: What clients were told.
        files: What it wrote, as it was then.
        seconds: How long it ran.
        stored: Whether values that are not here can be fetched from the disk.
        asks: The lazy inputs that the node asks for before it can run, if this is that far only.
        inner: What was done by nodes that stood for it; their files count as its own.
        reads: Files that it or such nodes read and its key does not tell of, as they were then.
    """

    identities: tuple[bytes, ...]
    values: tuple[object, ...] | None
    ui: Mapping[str, object] | None = None
    files: tuple[FileStamp, ...] = ()
    seconds: float = 0.0
    stored: bool = False
    asks: tuple[str, ...] = ()
    inner: tuple[Inner, ...] = ()
    reads: tuple[FileStamp, ...] = ()

    def with_values(self, values: tuple[object, ...]) -> Entry:
        """Return this entry with its values at hand."""
        return replace(self, values=values)

    @property
    def own_files(self) -> tuple[FileStamp, ...]:
        """What it wrote itself, without what was written by nodes that stood for it."""
        if not self.inner:
            return self.files
        apart = {stamp for part in self.inner for stamp in part.files}
        return tuple(stamp for stamp in self.files if stamp not in apart)

    @property
    def files_unchanged(self) -> bool:
        """Whether everything that it wrote is still there, and what it read the same."""
        if not self.files and not self.reads:
            return True
        return all(stamp.unchanged() for stamp in (*self.files, *self.reads))


@dataclass(slots=True)
class _Blocks:
    """Blocks of memory and how many results hold each."""

    holders: dict[int, int] = field(default_factory=dict)
    total: int = 0

    def hold(self, blocks: Iterable[tuple[int, int]]) -> None:
        for block, size in blocks:
            count = self.holders.get(block, 0)
            self.holders[block] = count + 1
            self.total += size if not count else 0

    def let_go(self, blocks: Iterable[tuple[int, int]]) -> None:
        for block, size in blocks:
            self.holders[block] -= 1
            if not self.holders[block]:
                del self.holders[block]
                self.total -= size


def _weightless(_value: object) -> Iterable[tuple[int, int]]:
    return ()


def _enough() -> int:
    return 0


class MemoryCache:
    """Entries by key.

    Args:
        budget: Bytes that values may hold; with 0 only those are kept that hold none.
        storages: Tells what a value holds; without it values weigh nothing.
        short: Answers how many bytes of memory the machine lacks, 0 while there are enough.
        most: Results to keep the values of, as many as the budget allows by default; with 0 nothing
            is known at all.
    """

    def __init__(
        self,
        budget: int,
        storages: Storages = _weightless,
        short: Callable[[], int] = _enough,
        most: int | None = None,
    ) -> None:
        self._most_known = 0 if most == 0 else _MOST_KNOWN
        self._most_values = most
        self._budget = budget
        self._storages = storages
        self._short = short
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()
        # What those hold whose values weigh something; the least recently used one first here too.
        self._weights: OrderedDict[bytes, tuple[tuple[int, int], ...]] = OrderedDict()
        # Those with values, in the same order; noted only where they are counted.
        self._valued: OrderedDict[bytes, None] = OrderedDict()
        self._blocks = _Blocks()
        self._lock = Lock()

    @property
    def held(self) -> int:
        """Bytes that values hold now."""
        return self._blocks.total

    def __len__(self) -> int:
        """Return the number of results that are known, with or without their values."""
        return len(self._entries)

    def get(self, key: bytes) -> Entry | None:
        """Return what is known under a key and count it as used; its values may be gone."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
                if key in self._weights:
                    self._weights.move_to_end(key)
                if key in self._valued:
                    self._valued.move_to_end(key)
            return entry

    def put(self, key: bytes, entry: Entry) -> None:
        """Keep a result, dropping others' values where the budget asks for it."""
        weights = tuple(dict(self._storages(entry.values)).items())
        if sum(size for _, size in weights) > self._budget:
            # It could not stay, and all others would have been dropped for it.
            entry, weights = replace(entry, values=None), ()
        with self._lock:
            self._forget(key)
            self._entries[key] = entry
            if self._most_values is not None and entry.values is not None:
                self._valued[key] = None
            if weights:
                self._weights[key] = weights
                self._blocks.hold(weights)
            lacking = min(self._short(), self._blocks.total) if weights else 0
            allowed = min(self._budget, self._blocks.total - lacking)
            while self._blocks.total > allowed:
                self._drop(next(iter(self._weights)))
            while self._most_values is not None and len(self._valued) > self._most_values:
                self._drop(next(iter(self._valued)))
            while len(self._entries) > self._most_known:
                self._forget(next(iter(self._entries)))

    def drop_values(self) -> None:
        """Let go of all values that weigh something; what else is known stays."""
        with self._lock:
            while self._weights:
                self._drop(next(iter(self._weights)))

    def forget_values(self, identity: bytes) -> None:
        """Let go of the values of results of which one is known by an identity."""
        with self._lock:
            for key, entry in self._entries.items():
                if identity in entry.identities and entry.values is not None:
                    self._drop(key)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._weights.clear()
            self._valued.clear()
            self._blocks = _Blocks()

    def _drop(self, key: bytes) -> None:
        """Let go of an entry's values and keep what else is known of it."""
        self._blocks.let_go(self._weights.pop(key, ()))
        self._valued.pop(key, None)
        self._entries[key] = replace(self._entries[key], values=None)

    def _forget(self, key: bytes) -> None:
        if key in self._weights:
            self._blocks.let_go(self._weights.pop(key))
        self._valued.pop(key, None)
        self._entries.pop(key, None)
