"""DiskCache: what outlives the process, what is worth keeping, and what makes room."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from graph.disk_cache import index_in
from graph.files import FileStamp
from tests.support.disk_caches import Caches
from tests.support.stub_codec import StubCodec, entry, key

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def caches(tmp_path: Path) -> Caches:
    """Caches over a folder that is not there yet."""
    return Caches(tmp_path / "results")


def test_values_outlive_the_process(caches: Caches) -> None:
    made = entry("a", ["b", 1.5])
    cache = caches.kept(1, made)
    known = cache.get(key(1))
    assert known is not None
    assert (known.identities, known.values, known.stored) == (made.identities, None, True)
    assert cache.fetch(key(1)) == ("a", ["b", 1.5])


def test_values_are_not_read_before_somebody_wants_them(caches: Caches) -> None:
    caches.kept(1, entry("a"))
    codec = StubCodec()
    cache = caches(codec=codec)
    cache.get(key(1))
    assert codec.decoded == 0
    cache.fetch(key(1))
    assert codec.decoded == 1


def test_what_was_never_put_is_not_there(caches: Caches) -> None:
    cache = caches()
    assert cache.get(key(1)) is None
    assert cache.fetch(key(1)) is None


def test_what_was_just_put_is_there_before_it_is_recorded(caches: Caches) -> None:
    cache = caches()
    cache.put(key(1), entry("a"))
    known = cache.get(key(1))
    assert known is not None
    assert known.stored
    assert cache.fetch(key(1)) == ("a",)


def test_the_identity_of_a_live_object_outlives_the_process_and_the_object_does_not(
    caches: Caches,
) -> None:
    made = entry("text", object())
    cache = caches.kept(1, made)
    known = cache.get(key(1))
    assert known is not None
    assert (known.identities, known.stored) == (made.identities, False)
    assert cache.fetch(key(1)) is None
    assert caches.value_files() == []


def test_what_is_made_faster_than_written_is_known_and_not_kept(caches: Caches) -> None:
    cache = caches.kept(1, entry("a", seconds=1e-6))
    known = cache.get(key(1))
    assert known is not None
    assert not known.stored
    assert caches.value_files() == []


def test_what_clients_cannot_be_told_again_is_not_known(caches: Caches) -> None:
    assert caches.kept(1, entry("a", ui={"picture": b"bytes"})).get(key(1)) is None


def test_results_of_another_salt_are_not_found(caches: Caches) -> None:
    first = caches(salt=b"torch 2.13 cpu")
    first.put(key(1), entry("a"))
    first.close()
    assert caches(salt=b"torch 2.14 cpu").get(key(1)) is None
    assert caches(salt=b"torch 2.13 cpu").get(key(1)) is not None


def test_a_result_of_another_making_takes_the_place_of_the_first(caches: Caches) -> None:
    caches.kept(1, entry("a"))
    cache = caches.kept(1, entry("b"))
    assert cache.fetch(key(1)) == ("b",)


def test_what_is_worth_least_for_its_bytes_makes_room(caches: Caches) -> None:
    cache = caches(budget=4 * 4096)
    for number, seconds in enumerate((30.0, 10.0, 40.0, 20.0)):
        cache.put(key(number), entry(f"value {number}", seconds=seconds))
    cache.flush()
    cache.put(key(4), entry("value 4", seconds=50.0))
    cache.flush()
    stored = [known.stored for number in range(5) if (known := cache.get(key(number)))]
    assert stored == [True, False, True, False, True]
    assert len(caches.value_files()) == 3


def test_what_is_read_is_worth_keeping(caches: Caches) -> None:
    cache = caches(budget=2 * 4096)
    cache.put(key(0), entry("value 0", seconds=30.0))
    for number in range(1, 12):
        assert cache.fetch(key(0)) == ("value 0",)
        cache.put(key(number), entry(f"value {number}", seconds=20.0))
        cache.flush()
    assert cache.fetch(key(0)) == ("value 0",)


def test_what_is_larger_than_the_budget_is_not_written(caches: Caches) -> None:
    cache = caches(budget=1000)
    assert not cache.put(key(1), entry("x" * 1001))
    assert caches.value_files() == []


def test_many_results_are_recorded_together(caches: Caches) -> None:
    cache = caches()
    for number in range(2500):
        cache.put(key(number), entry(number, seconds=0.0))
    # Of what came since the last time a thousand had come together, none need be there yet.
    assert len(index_in(caches.folder).keys()) > 1500
    cache.flush()
    assert len(index_in(caches.folder).keys()) == 2500


def test_a_process_that_is_killed_has_recorded_what_it_wrote_files_for(
    caches: Caches, tmp_path: Path
) -> None:
    killed = caches()
    killed.put(key(1), entry("a"))
    killed.put(key(2), replace(entry(), files=(FileStamp.of(tmp_path),)))
    assert caches().fetch(key(1)) == ("a",)
    assert caches().get(key(2)) is not None


def test_what_killed_processes_left_behind_goes_when_room_is_scarce(caches: Caches) -> None:
    cache = caches(budget=2 * 4096)
    cache.put(key(0), entry("a", seconds=10.0))
    cache.flush()
    draft = caches.value_files()[0].with_name("00.part")
    draft.touch()
    os.utime(draft, (0, 0))
    for number in range(1, 4):
        cache.put(key(number), entry("b", seconds=20.0))
        cache.flush()
    assert not draft.exists()
