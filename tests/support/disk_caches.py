"""Caches over one folder, as several processes have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.disk_cache import DiskCache
from tests.support.stub_codec import StubCodec, entry, key

if TYPE_CHECKING:
    from pathlib import Path

    from graph.cache import Entry

BUDGET = 10**6


class Caches:
    """Makes caches over one folder, each as a new process would, and collects their complaints."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.troubles: list[str] = []

    def __call__(
        self, budget: int = BUDGET, salt: bytes = b"", *, codec: StubCodec | None = None
    ) -> DiskCache:
        return DiskCache(
            self.folder,
            codec or StubCodec(),
            budget,
            salt=salt,
            on_trouble=self.troubles.append,
        )

    def kept(self, number: int, made: Entry) -> DiskCache:
        """Keep a result and return the cache of a process that starts afterwards."""
        first = self()
        first.put(key(number), made)
        first.close()
        return self()

    def value_files(self) -> list[Path]:
        """The files that hold values."""
        return [path for path in (self.folder / "values").rglob("*") if path.is_file()]


def work(folder: Path, first: int, budget: int) -> None:
    """Write and read as fast as possible beside others that do the same, and insist on the truth.

    Raises:
        AssertionError: A value is not the one that was put under its key.
    """
    caches = Caches(folder)
    cache = caches(budget)
    for step in range(400):
        number = (first + step * 7) % 60
        values = cache.fetch(key(number))
        assert values in {None, (text(number),)}, values
        if values is None:
            cache.put(key(number), entry(text(number), seconds=1.0 + number))
        if not step % 10:
            cache.flush()
    cache.close()
    assert not caches.troubles, caches.troubles


def text(number: int) -> str:
    """Return a value of some kilobytes that says whose it is."""
    return f"value {number} " * 800
