"""A few patches that stand for a whole picture: the medoids of its cells.

The picture is parted into cells, each known by mean and spread of its channels; cells that are
alike are put together, and of each lot the one in the middle stands for all (k-medoids: Kaufman and
Rousseeuw 1987). A flat sky of a thousand cells so needs one patch and counts for a thousand.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

_ROUNDS = 8


@dataclass(frozen=True)
class Representatives:
    """Places of patches, and how much of the picture each stands for.

    Attributes:
        corners: (row, column) of the first element of each patch.
        shares: [patches], together 1.
    """

    corners: tuple[tuple[int, int], ...]
    shares: Tensor


def representatives(picture: Tensor, *, cell: int, patch: int, count: int) -> Representatives:
    """Choose patches of a map.

    Args:
        picture: [1, C, h, w], features or colours.
        cell: Elements along a side of what a patch stands for, in its middle.
        patch: Elements along a side of a patch, `cell` at least.
        count: Patches at most.
    """
    height, width = picture.shape[-2:]
    cells = max(round(height / cell), 1), max(round(width / cell), 1)
    known = _descriptions(picture, cells)
    chosen, lots = _medoids(known, min(count, len(known)))
    shares = torch.bincount(lots, minlength=len(chosen)).float() / len(known)
    corners = []
    for number in chosen.tolist():
        row, column = divmod(number, cells[1])
        corners.append(
            (_corner(row, cells[0], height, patch), _corner(column, cells[1], width, patch))
        )
    return Representatives(tuple(corners), shares.to(picture.device))


def _descriptions(picture: Tensor, cells: tuple[int, int]) -> Tensor:
    """What each cell is like: mean and spread of its channels, [cells, 2·C]."""
    colours = picture.float()
    means = functional.adaptive_avg_pool2d(colours, cells)
    squares = functional.adaptive_avg_pool2d(colours.square(), cells)
    spreads = (squares - means.square()).clamp_min(0.0).sqrt()
    return torch.cat([means, spreads], dim=1)[0].flatten(1).T.contiguous().cpu()


def _medoids(known: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Numbers of the chosen cells, and for each cell which of them stands for it."""
    chosen = _far_apart(known, count)
    for _ in range(_ROUNDS):
        lots = torch.cdist(known, known[chosen]).argmin(dim=1)
        middle = torch.stack([_middle(known, lots == lot, chosen[lot]) for lot in range(count)])
        if torch.equal(middle, chosen):
            break
        chosen = middle
    return chosen, torch.cdist(known, known[chosen]).argmin(dim=1)


def _far_apart(known: Tensor, count: int) -> Tensor:
    """Begin in the middle of all, then again and again with the cell farthest from those chosen."""
    chosen = [int((known - known.mean(0)).norm(dim=1).argmin())]
    nearest = (known - known[chosen[0]]).norm(dim=1)
    while len(chosen) < count:
        chosen.append(int(nearest.argmax()))
        nearest = torch.minimum(nearest, (known - known[chosen[-1]]).norm(dim=1))
    return torch.tensor(chosen)


def _middle(known: Tensor, members: Tensor, otherwise: Tensor) -> Tensor:
    numbers = members.nonzero().flatten()
    if not len(numbers):
        return otherwise
    lot = known[numbers]
    return numbers[(lot - lot.mean(0)).norm(dim=1).argmin()]


def _corner(number: int, cells: int, length: int, patch: int) -> int:
    """Where a patch begins whose middle is a cell's, kept within the map."""
    middle = (number + 0.5) * length / cells
    return min(max(round(middle - patch / 2), 0), max(length - patch, 0))
