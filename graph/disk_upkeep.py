"""What a person may do about the results on the disk: count them, check them, throw them away."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.disk_cache import index_in, values_in
from graph.records import DamagedRecordError, unpack
from graph.remembered import remembered_in
from graph.result_table import NewerIndexError
from graph.value_files import DamagedValueError

if TYPE_CHECKING:
    from pathlib import Path

    from graph.result_index import Row
    from graph.value_files import ValueFiles

TROUBLES = (sqlite3.Error, OSError, NewerIndexError)
"""What these functions raise where the folder cannot be used."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a folder holds.

    Attributes:
        results: Results of which something is known.
        kept: Results whose values are kept.
        size: Bytes that these take.
        seconds: How long it took to make them.
    """

    results: int = 0
    kept: int = 0
    size: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found.

    Attributes:
        sound: Results whose values are as they were written.
        damaged: Results whose values or record were not, and are removed.
        missing: Results whose values were not there.
        abandoned: Files that belonged to nothing, and are removed.
    """

    sound: int
    damaged: int
    missing: int
    abandoned: int


def count(folder: Path) -> Holdings:
    """Say what a cache folder holds."""
    index = index_in(folder)
    if not index.exists:
        return Holdings()
    totals = index.totals()
    index.close()
    return Holdings(*totals)


def verify(folder: Path) -> Findings:
    """Read everything that a cache folder holds, and remove what is not as it was written."""
    files, rows = values_in(folder), _rows(folder)
    damaged = {row.key for row in rows if _is_damaged(row, files)}
    kept = {row.key for row in rows if row.size > 0}
    missing = {key for key in kept - damaged if not files.path(key).is_file()}
    if damaged or missing:
        index = index_in(folder)
        index.lost(missing)
        index.forget(damaged)
        index.close()
    files.remove(damaged)
    abandoned = files.sweep({row.key for row in rows})
    return Findings(len(kept - damaged - missing), len(damaged), len(missing), abandoned)


def clear(folder: Path) -> None:
    """Throw everything away, an index that is damaged or newer than this program included."""
    index = index_in(folder)
    if index.exists:
        try:
            index.clear()
        except (sqlite3.Error, NewerIndexError):
            index.remove()
        index.close()
    values_in(folder).clear()
    remembered_in(folder).clear()


def _rows(folder: Path) -> list[Row]:
    index = index_in(folder)
    if not index.exists:
        return []
    rows = index.rows()
    index.close()
    return rows


def _is_damaged(row: Row, files: ValueFiles) -> bool:
    try:
        entry = unpack(row)
        if row.size > 0:
            files.read(row.key, b"".join(entry.identities))
    except (DamagedRecordError, DamagedValueError):
        return True
    return False
