"""Masks grown and shrunk: the largest or smallest value within a distance.

A square's distance is that of a chess king, a diamond's (a square with tapered corners) that of a
taxi. Nothing beyond the edges counts. A shape is built by doubling: a diamond of radius r + k is
what one of radius r covers when its centre is put on the four corners of one of radius k ≤ r
(van den Boomgaard and van Balen 1992, "Methods for fast morphological image transforms using
bitmapped binary images"), so that growing by n takes about log₂ n passes.
"""

from collections.abc import Iterable
from functools import reduce

import torch
from torch import Tensor


def grow(mask: Tensor, distance: int, *, tapered: bool) -> Tensor:
    """Grow masks, or shrink them by a negative distance.

    Args:
        mask: [..., H, W].
        distance: In pixels.
        tapered: By a diamond rather than by a square.
    """
    if distance < 0:
        return -grow(-mask, -distance, tapered=tapered)
    radius, reach = 0, min(distance, sum(mask.shape[-2:]))
    while radius < reach:
        step = min(max(radius, 1), reach - radius)
        mask = _reached(mask, step, tapered)
        radius += step
    return mask


def _reached(mask: Tensor, step: int, tapered: bool) -> Tensor:
    """The largest value at a place and at `step` from it each way, places kept to the picture."""
    shifts = (-step, 0, step)
    across = _largest(mask, -1, shifts)
    if tapered:
        return torch.maximum(across, _largest(mask, -2, shifts))
    return _largest(across, -2, shifts)


def dilate_by_box(mask: Tensor, size: int) -> Tensor:
    """Grow masks by a box that an even size puts half a pixel off the middle.

    Args:
        mask: [..., H, W].
        size: The box's sides; a pixel is given the largest value from ⌈(size − 1) / 2⌉ pixels
            before it to ⌊(size − 1) / 2⌋ after it, each way. 0 and 1 change nothing.
    """
    grown = grow(mask, max(0, size - 1) // 2, tapered=False)
    if size == 0 or size % 2 == 1:
        return grown
    return _largest(_largest(grown, -1, (-1, 0)), -2, (-1, 0))


def _largest(mask: Tensor, axis: int, shifts: Iterable[int]) -> Tensor:
    """The largest of the values at some distances along an axis, no place being off the picture."""
    # Along the first axis lines lie in one piece, which is several times as fast to read.
    lines = mask.movedim(axis, 0).contiguous()
    here = torch.arange(len(lines), device=mask.device)
    places = ((here + shift).clamp(0, len(lines) - 1) for shift in shifts)
    largest = reduce(torch.maximum, (lines.index_select(0, place) for place in places))
    return largest.movedim(0, axis)
