"""Settings and drafts lie in the queue's database, by name."""

from __future__ import annotations

from contextlib import closing
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from graph.jobs.errors import ShelfFullError, StoreError
from graph.jobs.shelf import Shelf
from graph.jobs.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from graph.workflow import Json


def test_what_was_put_there_outlives_the_process_and_shelves_are_apart(tmp_path: Path) -> None:
    values: dict[str, Json] = {"a": 1, "b": [True, None], "猫": {"deep": "\ud800"}, "nothing": None}
    with closing(Store(tmp_path / "queue.sqlite", print)) as store:
        Shelf(store, "settings", 10).merge({**values, "a": 0})
        Shelf(store, "settings", 10).merge({"a": 1})
        Shelf(store, "drafts", 10).merge({"a": "a draft"})
    with closing(Store(tmp_path / "queue.sqlite", print)) as store:
        settings, drafts = Shelf(store, "settings", 10), Shelf(store, "drafts", 10)
        assert settings.all() == values
        assert settings.get("b") == [True, None]
        assert settings.get("absent") is None
        assert drafts.all() == {"a": "a draft"}
        assert drafts.remove("a")
        assert not drafts.remove("a")
        assert settings.get("a") == 1


def test_the_last_one_that_was_changed_comes_last(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "queue.sqlite", print)) as store:
        shelf = Shelf(store, "drafts", 10)
        for name in ("b", "a", "b"):
            shelf.merge({name: name})
        assert list(shelf.changed()) == ["a", "b"]
        assert shelf.changed()["a"] <= shelf.changed()["b"]


def test_a_full_shelf_keeps_what_it_has_and_takes_changes_of_it(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "queue.sqlite", print)) as store:
        shelf = Shelf(store, "drafts", 2)
        shelf.merge({"a": 1, "b": 2})
        with pytest.raises(ShelfFullError, match="more than 2"):
            shelf.merge({"a": 3, "c": 4})
        assert shelf.all() == {"a": 1, "b": 2}
        shelf.merge({"a": 5})
        assert shelf.all() == {"a": 5, "b": 2}


def test_many_who_put_something_there_at_once_all_succeed(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "queue.sqlite", print)) as store:
        shelf = Shelf(store, "settings", 100)
        threads = [Thread(target=shelf.merge, args=({str(n): n},)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert shelf.all() == {str(n): n for n in range(20)}


def test_a_closed_database_says_so(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "queue.sqlite", print)) as store:
        shelf = Shelf(store, "settings", 100)
    with pytest.raises(StoreError, match="is closed"):
        shelf.merge({"a": 1})
    with pytest.raises(StoreError, match="is closed"):
        shelf.all()
