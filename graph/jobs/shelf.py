"""Small things of the user's that must not get lost: JSON values by name, beside the queue.

Settings are one shelf, drafts of unsaved workflows another. Every method may be called from any
thread and may raise `StoreError`.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from graph.jobs.errors import ShelfFullError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from graph.jobs.store import Store
    from graph.workflow import Json

_ALL: Final = "SELECT name, value FROM kept WHERE shelf = ? ORDER BY name"
_CHANGED: Final = "SELECT name, changed FROM kept WHERE shelf = ? ORDER BY changed, name"
_ONE: Final = "SELECT value FROM kept WHERE shelf = ? AND name = ?"
_PUT: Final = "INSERT OR REPLACE INTO kept (shelf, name, value, changed) VALUES (?, ?, ?, ?)"
_NAMES: Final = "SELECT name FROM kept WHERE shelf = ?"
_REMOVE: Final = "DELETE FROM kept WHERE shelf = ? AND name = ?"


class Shelf:
    """Values by name.

    Args:
        store: The database.
        name: Of the shelf.
        most: How many values there may be.
    """

    def __init__(self, store: Store, name: str, most: int) -> None:
        self._store = store
        self._name = name
        self._most = most

    def all(self) -> dict[str, Json]:
        """Return all values."""
        rows = self._store.read(lambda db: db.execute(_ALL, (self._name,)).fetchall())
        return {name: json.loads(value) for name, value in rows}

    def changed(self) -> dict[str, float]:
        """Return when each value was last put there, in seconds since the epoch, oldest first."""
        return dict(self._store.read(lambda db: db.execute(_CHANGED, (self._name,)).fetchall()))

    def get(self, name: str) -> Json:
        """Return a value; None if there is none."""
        row = self._store.read(lambda db: db.execute(_ONE, (self._name, name)).fetchone())
        found: Json = json.loads(row[0]) if row else None
        return found

    def merge(self, changes: Mapping[str, Json]) -> None:
        """Put values there, all or none, and leave the others as they are.

        Raises:
            ShelfFullError: There would be too many.
        """
        now = time.time()
        rows = [(self._name, name, json.dumps(value), now) for name, value in changes.items()]

        def put(database: sqlite3.Connection) -> None:
            names = {name for (name,) in database.execute(_NAMES, (self._name,))}
            if len(names | changes.keys()) > self._most:
                raise ShelfFullError(f"there would be more than {self._most:,}; no more are kept")
            database.executemany(_PUT, rows)

        self._store.write(put)

    def remove(self, name: str) -> bool:
        """Take a value away; answers whether there was one."""
        return self._store.write(
            lambda database: database.execute(_REMOVE, (self._name, name)).rowcount > 0
        )
