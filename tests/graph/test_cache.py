"""MemoryCache: what is kept under a budget, and what stays known of what is not."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from graph import cache as cache_module
from graph.cache import Entry, MemoryCache
from graph.files import FileStamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest


def _entry(*blocks: tuple[int, int], name: bytes = b"id") -> Entry:
    """A result that holds blocks of memory: the id and the size of each."""
    return Entry((name,), blocks)


def _storages(values: object) -> Sequence[tuple[int, int]]:
    return values if isinstance(values, tuple) else ()


def _cache(budget: int = 100) -> MemoryCache:
    return MemoryCache(budget, _storages)


def _held(cache: MemoryCache, keys: str) -> str:
    """Those of the keys whose values are held, asked for in an order that changes nothing."""
    return "".join(key for key in keys if (entry := cache.get(key.encode())) and entry.values)


def test_what_is_put_is_found() -> None:
    cache, entry = _cache(), _entry((1, 60))
    cache.put(b"a", entry)
    assert cache.get(b"a") == entry
    assert cache.get(b"b") is None
    assert (len(cache), cache.held) == (1, 60)


def test_the_least_recently_used_values_are_dropped_first() -> None:
    cache = _cache()
    for number, key in enumerate((b"a", b"b", b"c")):
        cache.put(key, _entry((number, 30)))
    cache.get(b"a")
    cache.put(b"d", _entry((9, 30)))
    assert _held(cache, "abcd") == "acd"
    assert cache.held == 90


def test_of_dropped_values_all_else_stays_known() -> None:
    cache = _cache()
    cache.put(b"a", Entry((b"one", b"two"), ((1, 60),), {"images": []}, (), 2.5))
    cache.put(b"b", _entry((2, 60)))
    assert cache.get(b"a") == Entry((b"one", b"two"), None, {"images": []}, (), 2.5)


def test_memory_that_results_share_counts_once_and_until_the_last_one_goes() -> None:
    cache = _cache()
    cache.put(b"a", _entry((1, 60), (2, 10)))
    cache.put(b"b", _entry((1, 60), (3, 20)))
    assert cache.held == 90
    cache.put(b"c", _entry((4, 20)))
    assert _held(cache, "abc") == "bc"
    assert cache.held == 100
    cache.put(b"d", _entry((5, 70)))
    assert _held(cache, "abcd") == "cd"
    assert cache.held == 90


def test_a_value_that_holds_a_block_twice_counts_it_once() -> None:
    cache = _cache()
    cache.put(b"a", _entry((1, 60), (1, 60)))
    assert cache.held == 60
    cache.put(b"b", _entry((2, 80)))
    assert cache.held == 80


def test_what_could_never_stay_drops_nothing_else() -> None:
    cache = _cache()
    cache.put(b"a", _entry((1, 60)))
    cache.put(b"b", _entry((2, 101)))
    assert _held(cache, "ab") == "a"
    assert cache.get(b"b") == Entry((b"id",), None)


def test_without_a_budget_only_what_weighs_nothing_is_kept() -> None:
    cache = _cache(0)
    cache.put(b"a", _entry((1, 1)))
    cache.put(b"b", Entry((b"id",), ()))
    assert cache.get(b"a") == Entry((b"id",), None)
    assert cache.get(b"b") == Entry((b"id",), ())


def test_a_new_result_takes_the_old_ones_place() -> None:
    cache = _cache()
    cache.put(b"a", _entry((1, 60)))
    cache.put(b"a", _entry((2, 70), name=b"new"))
    assert cache.held == 70
    assert cache.get(b"a") == _entry((2, 70), name=b"new")
    assert len(cache) == 1


def test_values_that_were_dropped_can_come_back() -> None:
    cache = _cache()
    cache.put(b"a", _entry((1, 60)))
    cache.put(b"b", _entry((2, 60)))
    cache.put(b"a", _entry((1, 60)))
    assert _held(cache, "ab") == "a"
    assert cache.held == 60


def test_everything_can_be_forgotten() -> None:
    cache = _cache()
    cache.put(b"a", _entry((1, 60)))
    cache.clear()
    assert (len(cache), cache.held, cache.get(b"a")) == (0, 0, None)
    cache.put(b"b", _entry((1, 100)))
    assert cache.held == 100


def test_no_more_is_known_than_has_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_MOST_KNOWN", 3)
    cache = _cache()
    for number in range(5):
        cache.put(b"%d" % number, _entry((number, 10)))
    assert (len(cache), cache.held) == (3, 30)
    assert cache.get(b"1") is None
    assert cache.get(b"2") is not None


def test_whoever_makes_it_says_of_how_many_results_it_holds_the_values() -> None:
    cache = MemoryCache(100, _storages, most=2)
    for key in "abc":
        cache.put(key.encode(), _entry((ord(key), 1)))
    assert _held(cache, "abc") == "bc"
    assert (len(cache), cache.held) == (3, 2)
    cache.get(b"b")
    cache.put(b"d", Entry((b"id",), "text"))  # type: ignore[arg-type]
    cache.put(b"none", Entry((b"id",), None))
    assert _held(cache, "abcd") == "bd", "also those that weigh nothing count"
    cache.drop_values()
    assert (_held(cache, "abcd"), cache.held) == ("d", 0)
    cache.put(b"e", _entry((1, 1)))
    assert _held(cache, "abcde") == "de"
    cache.clear()
    cache.put(b"e", _entry((1, 1)))
    assert (len(cache), cache.held) == (1, 1)


def test_values_that_memory_had_no_room_for_take_nobody_elses_place() -> None:
    lacking = 0
    cache = MemoryCache(100, _storages, lambda: lacking, most=1)
    cache.put(b"a", Entry((b"id",), "text"))  # type: ignore[arg-type]
    lacking = 50
    cache.put(b"b", _entry((1, 50)))
    assert _held(cache, "ab") == "a"


def test_nothing_is_known_where_nothing_is_to_be_kept() -> None:
    nothing = MemoryCache(100, _storages, most=0)
    nothing.put(b"a", _entry((1, 1)))
    assert nothing.get(b"a") is None
    assert nothing.held == 0


def test_nothing_weighs_anything_unless_somebody_tells() -> None:
    cache = MemoryCache(0)
    cache.put(b"a", Entry((b"id",), (object(),)))
    entry = cache.get(b"a")
    assert entry is not None
    assert entry.values is not None
    assert cache.held == 0


def test_a_result_counts_only_while_its_files_are_as_they_were(tmp_path: Path) -> None:
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    for path in paths:
        path.write_bytes(b"1")
    entry = Entry((), (), files=tuple(map(FileStamp.of, paths)))
    assert entry.files_unchanged
    paths[1].unlink()
    assert not entry.files_unchanged


BLOCKS = st.lists(st.integers(0, 6).map(lambda block: (block, 10 * block + 5)), max_size=3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abcdef"), BLOCKS),
        st.tuples(st.just("get"), st.sampled_from("abcdef"), st.just([])),
    ),
    max_size=40,
)


def _weight(entries: OrderedDict[str, list[tuple[int, int]]]) -> int:
    return sum(dict(block for blocks in entries.values() for block in blocks).values())


@given(steps=STEPS, budget=st.integers(0, 150))
def test_it_holds_what_a_slow_and_simple_cache_would(
    steps: list[tuple[str, str, list[tuple[int, int]]]], budget: int
) -> None:
    cache, model = _cache(budget), OrderedDict[str, list[tuple[int, int]]]()
    for action, key, blocks in steps:
        if action == "get":
            cache.get(key.encode())
            if key in model:
                model.move_to_end(key)
            continue
        cache.put(key.encode(), _entry(*blocks))
        model.pop(key, None)
        if _weight(OrderedDict(new=blocks)) <= budget:
            model[key] = blocks
        while _weight(model) > budget:
            del model[next(name for name, held in model.items() if held)]
    assert cache.held == _weight(model)
    known = {key: cache.get(key.encode()) for key in "abcdef"}
    assert {key for key, entry in known.items() if entry and entry.values is not None} == set(model)


def test_threads_may_use_it_at_once() -> None:
    cache = _cache(50)

    def work(number: int) -> None:
        key = b"%d" % (number % 20)
        cache.put(key, _entry((number % 20, 10)))
        found = cache.get(b"%d" % (number % 7))
        assert found is None or found.identities == (b"id",)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(4_000)))
    held = [key for key in range(20) if (entry := cache.get(b"%d" % key)) and entry.values]
    assert cache.held == 10 * len(held) == 50
