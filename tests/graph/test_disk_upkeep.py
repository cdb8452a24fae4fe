"""Counting, checking and clearing what is on the disk."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from graph.disk_cache import index_in, values_in
from graph.disk_upkeep import Findings, Holdings, clear, count, verify
from graph.keys import Recipe
from graph.remembered import remembered_in
from tests.support.disk_caches import Caches
from tests.support.stub_codec import entry, key

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def caches(tmp_path: Path) -> Caches:
    """A folder with two results whose values are kept and one whose are not."""
    caches = Caches(tmp_path / "results")
    cache = caches()
    cache.put(key(1), entry("a", seconds=10.0))
    cache.put(key(2), entry("b" * 5000, seconds=20.0))
    cache.put(key(3), entry(object(), seconds=40.0))
    cache.close()
    return caches


def test_a_folder_is_counted(caches: Caches) -> None:
    assert count(caches.folder) == Holdings(results=3, kept=2, size=3 * 4096, seconds=30.0)


def test_what_is_not_there_holds_nothing_and_is_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "nothing"
    assert count(folder) == Holdings()
    assert verify(folder) == Findings(0, 0, 0, 0)
    clear(folder)
    assert not folder.exists()


def test_a_sound_folder_is_found_sound(caches: Caches) -> None:
    assert verify(caches.folder) == Findings(sound=2, damaged=0, missing=0, abandoned=0)


def test_damage_is_found_and_removed(caches: Caches) -> None:
    largest = max(caches.value_files(), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-1])
    assert verify(caches.folder) == Findings(sound=1, damaged=1, missing=0, abandoned=0)
    assert not largest.exists()
    assert verify(caches.folder) == Findings(sound=1, damaged=0, missing=0, abandoned=0)


def test_a_damaged_record_is_found_and_forgotten(caches: Caches) -> None:
    with closing(sqlite3.connect(caches.folder / "index.sqlite")) as database, database:
        database.execute("UPDATE results SET record = substr(record, 2) WHERE size = 0")
    assert verify(caches.folder) == Findings(sound=2, damaged=1, missing=0, abandoned=0)
    assert count(caches.folder).results == 2


def test_what_is_missing_is_found_and_not_looked_for_again(caches: Caches) -> None:
    values_in(caches.folder).clear()
    assert verify(caches.folder) == Findings(sound=0, damaged=0, missing=2, abandoned=0)
    assert count(caches.folder) == Holdings(results=3)


def test_what_belongs_to_nothing_is_removed(caches: Caches) -> None:
    for path in caches.value_files():
        os.utime(path, (0, 0))
    index_in(caches.folder).clear()
    assert verify(caches.folder).abandoned == 2
    assert caches.value_files() == []


def test_clearing_leaves_nothing_for_anybody(caches: Caches) -> None:
    running = caches()
    assert running.get(key(1)) is not None
    recipe = Recipe("Make", "1", {}, {}, {})
    remembered_in(caches.folder).save({"1": recipe})
    assert remembered_in(caches.folder).get("1") == recipe
    clear(caches.folder)
    assert remembered_in(caches.folder).get("1") is None
    assert running.get(key(1)) is None
    assert count(caches.folder) == Holdings()
    assert caches.value_files() == []
    running.put(key(1), entry("a"))
    running.close()
    assert caches().fetch(key(1)) == ("a",)


@pytest.mark.parametrize("damage", ["PRAGMA user_version = 99", None])
def test_what_cannot_be_used_can_be_cleared(caches: Caches, damage: str | None) -> None:
    path = caches.folder / "index.sqlite"
    if damage is None:
        path.write_bytes(b"no database" * 1000)
    else:
        with closing(sqlite3.connect(path)) as database:
            database.execute(damage)
    clear(caches.folder)
    assert count(caches.folder) == Holdings()
    assert caches.value_files() == []
