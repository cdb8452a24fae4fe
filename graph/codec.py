"""What the cache on the disk must do with values, and cannot, because it knows no tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


class Codec(Protocol):
    """Turns values into bytes and back, to the bit."""

    def weigh(self, values: tuple[object, ...]) -> int | None:
        """Return about how many bytes values will take; None if some cannot be written."""

    def encode(self, values: tuple[object, ...]) -> Iterable[bytes | memoryview]:
        """Return the bytes of values that have a weight, block by block."""
        ...

    def decode(self, content: bytes) -> tuple[object, ...]:
        """Return the values.

        Raises:
            ValueError: The bytes do not mean any.
        """
        ...
