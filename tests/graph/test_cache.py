"""MemoryCache: a budget of bytes, the least recently used dropped first, identities remembered."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

import graph.cache
from graph.cache import Entry, MemoryCache
from graph.files import FileStamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(eq=False)
class Block:
    """Stands for a tensor's memory."""

    size: int


def _storages(value: object) -> Iterator[tuple[int, int]]:
    """The blocks of a tuple, one of them perhaps several times."""
    assert isinstance(value, tuple)
    for item in value:
        if isinstance(item, Block):
            yield id(item), item.size


def _entry(*values: object) -> Entry:
    return Entry(tuple(b"%d" % slot for slot, _ in enumerate(values)), values)


def _filled(cache: MemoryCache, **sizes: int) -> MemoryCache:
    for name, size in sizes.items():
        cache.put(name.encode(), _entry(Block(size)))
    return cache


def _held(cache: MemoryCache, names: str) -> str:
    """Those of the names whose values are there; looks at them without counting it as use."""
    return "".join(name for name in names if cache._entries[name.encode()].values is not None)


def test_what_was_put_is_found_until_all_is_forgotten() -> None:
    cache = MemoryCache(100, _storages)
    entry = _entry(Block(60), "text")
    cache.put(b"a", entry)
    assert cache.get(b"a") is entry
    assert cache.get(b"b") is None
    assert (cache.held, len(cache)) == (60, 1)
    cache.clear()
    assert cache.get(b"a") is None
    assert (cache.held, len(cache)) == (0, 0)


def test_the_least_recently_used_values_are_dropped_first() -> None:
    cache = _filled(MemoryCache(100, _storages), a=40, b=40)
    cache.get(b"a")
    _filled(cache, c=40)
    assert _held(cache, "abc") == "ac"
    assert cache.held == 80


def test_as_many_are_dropped_as_must_be() -> None:
    cache = _filled(MemoryCache(100, _storages), a=30, b=30, c=30, d=70)
    assert _held(cache, "abcd") == "cd"
    assert cache.held == 100


def test_of_a_dropped_result_everything_but_the_values_stays_known(tmp_path: Path) -> None:
    stamps = (FileStamp.of(tmp_path),)
    cache = MemoryCache(10, _storages)
    cache.put(b"a", Entry((b"1",), (Block(10),), {"images": []}, stamps, 2.5))
    _filled(cache, b=10)
    assert cache.get(b"a") == Entry((b"1",), None, {"images": []}, stamps, 2.5)


def test_values_that_are_dropped_are_let_go() -> None:
    cache, block = MemoryCache(10, _storages), Block(10)
    cache.put(b"a", _entry(block))
    gone = weakref.ref(block)
    del block
    assert gone() is not None
    _filled(cache, b=10)
    gc.collect()
    assert gone() is None


def test_values_that_could_never_stay_push_nobody_out() -> None:
    cache = _filled(MemoryCache(100, _storages), a=50, b=101)
    assert _held(cache, "ab") == "a"
    assert cache.get(b"b") == Entry((b"0",), None)


def test_a_block_that_several_results_share_counts_once() -> None:
    cache, shared = MemoryCache(100, _storages), Block(80)
    cache.put(b"a", _entry(shared, shared))
    cache.put(b"b", _entry(shared, Block(20)))
    assert (cache.held, _held(cache, "ab")) == (100, "ab")
    _filled(cache, c=10)
    assert _held(cache, "abc") == "c"
    assert cache.held == 10


def test_dropping_one_holder_of_a_shared_block_frees_only_its_own() -> None:
    cache, shared = MemoryCache(100, _storages), Block(50)
    cache.put(b"a", _entry(shared, Block(30)))
    cache.put(b"b", _entry(shared))
    _filled(cache, c=30)
    assert (cache.held, _held(cache, "abc")) == (80, "bc")


def test_values_that_weigh_nothing_are_never_dropped_for_others() -> None:
    cache = MemoryCache(10, _storages)
    cache.put(b"a", _entry("text"))
    _filled(cache, b=10, c=10)
    assert _held(cache, "abc") == "ac"


def test_a_budget_of_nothing_keeps_only_what_weighs_nothing() -> None:
    cache = _filled(MemoryCache(0, _storages), a=1)
    cache.put(b"b", _entry("text"))
    assert _held(cache, "ab") == "b"


def test_a_result_put_again_replaces_the_old_one() -> None:
    cache = _filled(MemoryCache(100, _storages), a=60, b=30)
    _filled(cache, a=20)
    assert (cache.held, len(cache)) == (50, 2)
    _filled(cache, c=60)
    assert _held(cache, "abc") == "ac"  # what was put again was used


def test_without_knowledge_of_memory_nothing_weighs_anything() -> None:
    cache = _filled(MemoryCache(0), a=10**12)
    assert (_held(cache, "a"), cache.held) == ("a", 0)


def test_not_even_identities_are_known_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph.cache, "_MOST_KNOWN", 3)
    cache = _filled(MemoryCache(100, _storages), a=1, b=1, c=1)
    cache.get(b"a")
    _filled(cache, d=1)
    assert [cache.get(key) is not None for key in (b"a", b"b", b"c", b"d")] == [1, 0, 1, 1]
    assert (cache.held, len(cache)) == (3, 3)


@pytest.mark.parametrize("happens", ["nothing", "changed", "gone"])
def test_a_result_with_files_counts_only_while_they_are_as_they_were(
    tmp_path: Path, happens: str
) -> None:
    paths = [tmp_path / name for name in ("one.png", "two.png")]
    for path in paths:
        path.write_bytes(b"picture")
    entry = Entry((), (), files=tuple(FileStamp.of(path) for path in paths))
    if happens == "changed":
        paths[1].write_bytes(b"another picture")
    if happens == "gone":
        paths[1].unlink()
    assert entry.files_unchanged == (happens == "nothing")
    assert _entry().files_unchanged


def test_dropping_costs_the_same_however_much_is_known() -> None:
    cache = MemoryCache(10, _storages)
    for number in range(20_000):
        cache.put(b"%d" % number, _entry("text"))
    started = time.perf_counter()
    for number in range(2_000):
        cache.put(b"heavy %d" % number, _entry(Block(10)))
    assert time.perf_counter() - started < 1.0
    assert cache.held == 10


def test_threads_may_use_a_cache_together() -> None:
    cache = MemoryCache(50, _storages)

    def work(seed: int) -> None:
        for number in range(300):
            key = b"%d" % (number * seed % 40)
            cache.put(key, _entry(Block(number % 17)))
            cache.get(key)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 3, 7, 11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = {
        id(block): block.size
        for entry in cache._entries.values()
        for block in entry.values or ()
        if isinstance(block, Block)
    }
    assert cache.held == sum(held.values()) <= 50
