"""DiskCache: several processes write, read and throw out at once, and each finds the truth."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING

from graph.disk_upkeep import count, verify
from tests.support.disk_caches import BUDGET, Caches, text, work
from tests.support.stub_codec import entry, key

if TYPE_CHECKING:
    from pathlib import Path


def _side_by_side(folder: Path, budget: int) -> None:
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=work, args=(folder, first, budget)) for first in (0, 31)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0]


def test_two_processes_share_what_they_make(tmp_path: Path) -> None:
    _side_by_side(tmp_path / "results", BUDGET)
    holdings = count(tmp_path / "results")
    assert (holdings.results, holdings.kept) == (60, 60)
    assert verify(tmp_path / "results").damaged == 0


def test_two_processes_throw_out_under_each_other_and_keep_to_the_budget(tmp_path: Path) -> None:
    budget = 20 * 12_288
    _side_by_side(tmp_path / "results", budget)
    holdings = count(tmp_path / "results")
    assert holdings.results == 60
    assert 0 < holdings.size <= budget
    assert verify(tmp_path / "results").damaged == 0


def test_threads_share_one_cache(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    caches = Caches(tmp_path / "results")
    cache = caches(budget=20 * 12_288)

    def one(number: int) -> bool:
        values = cache.fetch(key(number % 40))
        if values is None:
            cache.put(key(number % 40), entry(text(number % 40), seconds=1.0))
        return values in {None, (text(number % 40),)}

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(one, range(400)))
    cache.close()
    assert caches.troubles == []
    assert verify(caches.folder).damaged == 0
