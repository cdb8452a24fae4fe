"""Random choices that a seed determines on every machine and in every version of Python.

Draw number n of a seed is the first eight bytes, little-endian, of the SHA-256 of
`safelight.prompt`, the seed and n (eight bytes each, little-endian); its upper 53 bits over 2^53
are a fraction in [0, 1). Choices use one draw each.
"""

import hashlib
from collections.abc import Sequence

_SCALE = 2.0**-53


class Draws:
    """The draws of one seed, in order.

    Args:
        seed: 0 to 2^64 − 1.
    """

    def __init__(self, seed: int) -> None:
        self._seed = (seed % 2**64).to_bytes(8, "little")
        self._drawn = 0

    def fraction(self) -> float:
        """A number from 0 up to, but not including, 1."""
        number = self._drawn.to_bytes(8, "little")
        self._drawn += 1
        digest = hashlib.sha256(b"safelight.prompt" + self._seed + number).digest()
        return (int.from_bytes(digest[:8], "little") >> 11) * _SCALE

    def whole(self, least: int, most: int) -> int:
        """A whole number between two, both included."""
        return least + int(self.fraction() * (most - least + 1))

    def index(self, weights: Sequence[float]) -> int:
        """A place in a row, as likely as its weight says; at least one weight is above 0."""
        goal = self.fraction() * sum(weights)
        reached = 0.0
        last = 0
        for place, weight in enumerate(weights):
            if weight > 0.0:
                reached, last = reached + weight, place
                if goal < reached:
                    break
        return last
