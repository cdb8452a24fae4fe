"""Grids of overlapping tiles that cover a map, and weights that blend them into one again.

Between neighbours the weights cross over in the middle of what they share, where both know what
lies on either side; together they are one everywhere. Everything here counts in whole elements.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

# The part of what neighbours share over which they cross over; the rest is context for both.
_CROSSING = 0.25
# Pixels along a side of a tile. Smaller ones see too little of a picture to agree with it.
_SMALLEST, _USUAL = 192, 512


@dataclass(frozen=True, slots=True)
class Tiling:
    """How a picture is cut into tiles.

    Attributes:
        size: Pixels along a side of a tile.
        overlap: Pixels that neighbours share at least; more than a quarter of a tile means that.
    """

    size: int = _USUAL
    overlap: int = 64

    @classmethod
    def for_little_memory(cls, height: int, width: int) -> Tiling:
        """Tiles for a picture that there was not enough memory for.

        Half as long as the picture, so that they help whatever its size, and never so small that
        what lies beyond them is missed.

        Args:
            height: In pixels.
            width: Likewise.
        """
        half = max(height, width) // 2
        size = min(max(half, _SMALLEST), _USUAL)
        return cls(size, size // 4)

    def of_latents(self, factor: int) -> tuple[int, int]:
        """Size and overlap in latent elements, each of so many pixels along a side."""
        size = max(self.size // factor, 1)
        return size, min(self.overlap // factor, size // 4)

    def grid(self, height: int, width: int, factor: int) -> Grid:
        """Tiles over latents of [height, width]."""
        return Grid.over(height, width, *self.of_latents(factor))


@dataclass(frozen=True)
class Row:
    """Tiles along one side of a map.

    Attributes:
        length: Of the side.
        size: Of a tile; no longer than the side.
        starts: Where each tile begins, rising; the first at 0, the last one ends with the side.
    """

    length: int
    size: int
    starts: tuple[int, ...]

    @classmethod
    def over(cls, length: int, size: int, overlap: int) -> Row:
        """As few tiles as cover a side and share so much, evenly spread.

        Args:
            length: Of the side.
            size: Of a tile, more than `overlap`.
            overlap: What neighbours share at least.
        """
        if length <= size:
            return cls(length, length, (0,))
        count = math.ceil((length - overlap) / (size - overlap))
        step = (length - size) / (count - 1)
        return cls(length, size, tuple(round(number * step) for number in range(count)))

    def weights(self, number: int, scale: int = 1) -> Tensor:
        """How much each element of a tile counts, [size·scale] in 0..1.

        Args:
            number: Of the tile.
            scale: How many elements stand for one of the map, as in a decoded picture.
        """
        start = self.starts[number]
        places = torch.arange(self.size * scale, dtype=torch.float32) + 0.5 + start * scale
        return self._step(places, number, scale) - self._step(places, number + 1, scale)

    def _step(self, places: Tensor, number: int, scale: int) -> Tensor:
        """0 before the border in front of a tile, 1 behind it."""
        if number == 0:
            return torch.ones_like(places)
        if number == len(self.starts):
            return torch.zeros_like(places)
        begin, end = self.starts[number] * scale, (self.starts[number - 1] + self.size) * scale
        width = max((end - begin) * _CROSSING, 1.0)
        return ((places - (begin + end) / 2) / width + 0.5).clamp(0.0, 1.0)


@dataclass(frozen=True)
class Box:
    """One tile: its number and place in either direction."""

    rows: Row
    columns: Row
    row: int
    column: int

    def area(self, scale: int = 1) -> tuple[slice, slice]:
        """What of a map [..., h·scale, w·scale] it covers."""
        return (
            _stretch(self.rows, self.row, scale),
            _stretch(self.columns, self.column, scale),
        )

    def weights(self, scale: int = 1) -> Tensor:
        """How much each element counts, [size·scale, size·scale]."""
        down = self.rows.weights(self.row, scale)
        return down[:, None] * self.columns.weights(self.column, scale)


@dataclass(frozen=True)
class Grid:
    """Tiles over a map of [height, width]."""

    rows: Row
    columns: Row

    @classmethod
    def over(cls, height: int, width: int, size: int, overlap: int) -> Grid:
        """As few tiles as cover a map."""
        return cls(Row.over(height, size, overlap), Row.over(width, size, overlap))

    def __len__(self) -> int:
        return len(self.rows.starts) * len(self.columns.starts)

    def __iter__(self) -> Iterator[Box]:
        for row, column in product(range(len(self.rows.starts)), range(len(self.columns.starts))):
            yield Box(self.rows, self.columns, row, column)


def _stretch(row: Row, number: int, scale: int) -> slice:
    start = row.starts[number]
    return slice(start * scale, (start + row.size) * scale)
