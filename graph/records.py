"""What is known of a result, without its values, as bytes that prove themselves.

A record is a SHA-256 over the key and the rest, and the rest: JSON with the identities of the
outputs, what clients were told, and how the files that were written look from outside.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from graph.cache import Entry, Inner
from graph.files import FileStamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.result_index import Row

_DIGEST = 32
_LARGEST = 2**20


class DamagedRecordError(Exception):
    """A record is not what was written."""


def pack(key: bytes, entry: Entry) -> bytes | None:
    """Return an entry's record; None if it is more than a record can say.

    Args:
        key: Under which it will be asked for.
        entry: Its values are left out.
    """
    identities = b"".join(entry.identities).hex()
    if entry.ui is None and not (entry.files or entry.asks or entry.inner or entry.reads):
        # As below, for what most results are.
        return _sealed(key, b'{"identities": "%b"}' % identities.encode())
    facts: dict[str, object] = {"identities": identities}
    if entry.ui is not None:
        facts["ui"] = entry.ui
    if entry.files:
        facts["files"] = _stamps(entry.files)
    if entry.asks:
        facts["asks"] = entry.asks
    if entry.inner:
        facts["inner"] = [
            [at.node_id, at.class_type, at.ui, _stamps(at.files)] for at in entry.inner
        ]
    if entry.reads:
        facts["reads"] = _stamps(entry.reads)
    try:
        content = json.dumps(facts).encode()
    except (TypeError, ValueError, RecursionError):
        return None  # a node told its clients what JSON cannot
    return _sealed(key, content) if len(content) <= _LARGEST else None


def _sealed(key: bytes, content: bytes) -> bytes:
    return hashlib.sha256(key + content).digest() + content


def unpack(row: Row) -> Entry:
    """Return the entry of a row; its values are there only if it has no outputs.

    Raises:
        DamagedRecordError: The record is not what was written.
    """
    digest, content = row.record[:_DIGEST], row.record[_DIGEST:]
    if digest != hashlib.sha256(row.key + content).digest():
        raise DamagedRecordError(f"the record of {row.key.hex()} is damaged")
    facts = json.loads(content.decode())
    joined = bytes.fromhex(facts["identities"])
    identities = tuple(joined[at : at + _DIGEST] for at in range(0, len(joined), _DIGEST))
    return Entry(
        identities=identities,
        values=None if identities else (),
        ui=facts.get("ui"),
        files=_read_stamps(facts.get("files", ())),
        seconds=row.seconds,
        stored=bool(identities) and row.size > 0,
        asks=tuple(facts.get("asks", ())),
        inner=tuple(
            Inner(key, name, ui, _read_stamps(files))
            for key, name, ui, files in facts.get("inner", ())
        ),
        reads=_read_stamps(facts.get("reads", ())),
    )


def _stamps(files: Iterable[FileStamp]) -> list[list[object]]:
    return [[str(at.path), at.size, at.mtime_ns] for at in files]


def _read_stamps(data: Iterable[tuple[str, int, int]]) -> tuple[FileStamp, ...]:
    return tuple(FileStamp(Path(path), size, mtime_ns) for path, size, mtime_ns in data)
