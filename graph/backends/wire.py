"""What goes through the pipe between a server and its worker: JSON, and bytes beside it.

A message is the length of its JSON and of each run of bytes, 4 bytes each, little-endian, and then
these. Where bytes stood, the JSON has `{"$bytes": N}`. Nothing of what a worker says is code, and
what JSON cannot say, a tensor in what a node tells clients for instance, arrives as text or lists.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping
from typing import Any, Final

_MARK = "$bytes"
_COUNT = struct.Struct("<I")


# `json.dumps` makes a new encoder each time that it is not asked for its defaults.
_write: Final = json.JSONEncoder(separators=(",", ":")).encode


def pack(message: Mapping[str, object]) -> bytes:
    """Turn a message into bytes.

    Args:
        message: JSON values, bytes and things that come near; keys that are no text are left out.

    Raises:
        ValueError: It contains itself.
    """
    try:
        return _joined([_write(message).encode()])
    except TypeError:
        return _pack_oddly(message)


def _pack_oddly(message: Mapping[str, object]) -> bytes:
    """The same for a message that has more in it than JSON has words for."""
    runs: list[bytes] = []

    def beside(value: object) -> object:
        if isinstance(value, bytes | bytearray | memoryview):
            runs.append(bytes(value))
            return {_MARK: len(runs) - 1}
        return _near(value)

    text = json.dumps(message, default=beside, skipkeys=True, separators=(",", ":")).encode()
    return _joined([text, *runs])


def _joined(parts: list[bytes]) -> bytes:
    return b"".join([*map(_COUNT.pack, [len(parts), *map(len, parts)]), *parts])


def in_words(message: Mapping[str, object]) -> str | None:
    """Return a message's JSON; None if it has more in it than JSON has words for."""
    try:
        return _write(message)
    except Exception:  # noqa: BLE001 - whatever asking a pack's object for words comes to
        return None


def pack_words(messages: Iterable[str]) -> bytes:
    """Put the JSON of messages into one: `{"messages": […]}`."""
    return _joined([f'{{"messages":[{",".join(messages)}]}}'.encode()])


def unpack(content: bytes) -> dict[str, Any]:
    """Turn bytes back into the message.

    Raises:
        ValueError: They are no message.
    """
    parts = _parts(content)
    text, runs = parts[0], parts[1:]

    def restored(value: dict[str, Any]) -> Any:  # noqa: ANN401 - bytes, or what it was
        place = value.get(_MARK) if len(value) == 1 else None
        return runs[place] if isinstance(place, int) and place < len(runs) else value

    message: dict[str, Any] = json.loads(text.decode(), object_hook=restored if runs else None)
    return message


def _parts(content: bytes) -> list[bytes]:
    try:
        (count,) = _COUNT.unpack_from(content)
        sizes = struct.unpack_from(f"<{count}I", content, _COUNT.size)
    except struct.error as error:
        raise ValueError(f"these bytes are no message: {error}") from error
    place, parts = _COUNT.size * (count + 1), []
    for size in sizes:
        parts.append(content[place : place + size])
        place += size
    if not parts or place != len(content):
        raise ValueError("these bytes are no message: they are of another length than they say")
    return parts


def _near(value: object) -> object:
    """What JSON can say in place of something that it cannot."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return list(value)
    # Numbers and arrays of numpy and torch, neither of which this package knows.
    as_list = getattr(value, "tolist", None)
    return as_list() if callable(as_list) else str(value)
