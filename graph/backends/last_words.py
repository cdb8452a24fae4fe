"""Memory that a worker shares with its server: what it had to say last, should it die on the spot.

A worker that is about to start a node writes that here, which costs less than sending it, and tells
it soon after with all else. Only where it died in between does its server look here.
"""

from __future__ import annotations

import struct
from ctypes import c_char
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from multiprocessing.context import SpawnContext

_SIZE: Final = 2**15
_LENGTH: Final = struct.Struct("<I")


class LastWords:
    """A few kilobytes that outlive the process that wrote them; fit to be handed to one.

    Args:
        context: What starts the process.
    """

    def __init__(self, context: SpawnContext) -> None:
        self._memory: Any = context.RawArray(c_char, _SIZE)

    def write(self, words: bytes) -> bool:
        """Put words in place of the last ones; answers False, having done nothing, if too long."""
        if len(words) > _SIZE - _LENGTH.size:
            return False
        # A process that dies in between has said nothing rather than half a sentence.
        self._memory[: _LENGTH.size] = _LENGTH.pack(0)
        self._memory[_LENGTH.size : _LENGTH.size + len(words)] = words
        self._memory[: _LENGTH.size] = _LENGTH.pack(len(words))
        return True

    def read(self) -> bytes:
        """Return the last words; nothing if there were none."""
        (length,) = _LENGTH.unpack(self._memory[: _LENGTH.size])
        words: bytes = self._memory[_LENGTH.size : _LENGTH.size + min(length, _SIZE)]
        return words
