"""How long it takes to write values to the disk, learnt from how long it took."""

from __future__ import annotations

_OVERHEAD = 2e-3
_FIRST_GUESS = 200e6
_WEIGHT = 0.3
_LARGE = 2**18


class WritePace:
    """Seconds for bytes: a fixed part for each file, and a part that grows with it."""

    def __init__(self) -> None:
        self._per_byte = 1 / _FIRST_GUESS

    def of(self, size: int) -> float:
        """Return about how many seconds writing so many bytes will take."""
        return _OVERHEAD + size * self._per_byte

    def learn(self, size: int, seconds: float) -> None:
        """Note how long a file took. A small one says little about bytes."""
        if size >= _LARGE:
            seen = max(seconds - _OVERHEAD, 0.0) / size
            self._per_byte += _WEIGHT * (seen - self._per_byte)
