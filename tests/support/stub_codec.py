"""A codec that knows no tensors, and entries to go with it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from graph.cache import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable


class StubCodec:
    """Writes what JSON can say; everything else is a live object to it."""

    def __init__(self) -> None:
        self.decoded = 0

    def weigh(self, values: tuple[object, ...]) -> int | None:
        """Return the length of the JSON."""
        try:
            return len(json.dumps(values))
        except TypeError:
            return None

    def encode(self, values: tuple[object, ...]) -> Iterable[bytes]:
        """Return the JSON in two blocks."""
        text = json.dumps(values).encode()
        return text[:3], text[3:]

    def decode(self, content: bytes) -> tuple[object, ...]:
        """Return the values."""
        self.decoded += 1
        return tuple(json.loads(content))


def key(number: int) -> bytes:
    """Return a key."""
    return hashlib.sha256(b"key %d" % number).digest()


def entry(*values: object, seconds: float = 60.0, ui: dict[str, object] | None = None) -> Entry:
    """Return what a node made that took its time."""
    identities = tuple(hashlib.sha256(repr(value).encode()).digest() for value in values)
    return Entry(identities, values, ui, seconds=seconds)
