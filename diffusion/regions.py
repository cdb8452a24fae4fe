"""Where in the picture a prompt holds, and how much it counts at each place.

Places are counted in latent cells, 8 pixels a side for all known families. A prompt with an area is
evaluated on that part of the latent alone; a mask only weighs the answer. An area fades in over up
to 8 cells from each of its borders that is not one of the picture's, so that no seam shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.masks import fit_mask

PIXELS = 8
"""Pixels along a side of a latent cell."""

_FADE = 8
# A mask's bounds are given some room, since networks halve their picture several times.
_LEAST_BOUNDS = 8
_PERCENTAGE = "percentage"


@dataclass(frozen=True)
class Area:
    """A rectangle of latent cells.

    Attributes:
        height: At least 1.
        width: Likewise.
        y: Of its first row.
        x: Of its first column.
    """

    height: int
    width: int
    y: int
    x: int

    def crop(self, x: Tensor) -> Tensor:
        """The part of [B, C, h, w] in this area, a view."""
        return x[..., self.y : self.y + self.height, self.x : self.x + self.width]

    def lies_in(self, other: "Area") -> bool:
        """Whether no cell of it is outside another area."""
        return (
            other.y <= self.y
            and other.x <= self.x
            and self.y + self.height <= other.y + other.height
            and self.x + self.width <= other.x + other.width
        )

    def faded(self, height: int, width: int) -> Tensor:
        """Weights [1, 1, self.height, self.width] that fade in from borders inside the picture.

        Args:
            height: Of the picture, in cells.
            width: Likewise.
        """
        down = _fades(self.height, before=self.y > 0, after=self.y + self.height < height)
        across = _fades(self.width, before=self.x > 0, after=self.x + self.width < width)
        return (down[:, None] * across)[None, None]


@dataclass(frozen=True)
class Region:
    """Where and when a prompt counts.

    Attributes:
        area: The part of the latent that it is evaluated on; None for all of it.
        weight: [1 or B, 1, height, width] of the area, or a number for all of it.
        sigma_from: It holds at noise levels up to this one,
        sigma_to: and not below this one.
        default: It counts where no other prompt of its side does.
    """

    area: Area | None = None
    weight: Tensor | float = 1.0
    sigma_from: float = float("inf")
    sigma_to: float = 0.0
    default: bool = False

    def holds_at(self, sigma: float) -> bool:
        """Whether it counts at a noise level."""
        return self.sigma_to <= sigma <= self.sigma_from


def read_area(options: Mapping[str, Any], height: int, width: int) -> Area | None:
    """The area of a CONDITIONING entry in a picture.

    Args:
        options: `area` is (height, width, y, x) in cells, or `("percentage", height, width, y, x)`
            in shares of the picture. What reaches beyond the picture is cut off.
        height: Of the picture, in cells.
        width: Likewise.

    Raises:
        DiffusionError: The area is of another form, or outside the picture.
    """
    given = options.get("area")
    if given is None:
        return None
    sides = (height, width)
    if len(given) == 5 and given[0] == _PERCENTAGE:
        shares = [float(share) for share in given[1:]]
        sizes = [max(1, round(shares[axis] * sides[axis])) for axis in (0, 1)]
        starts = [round(shares[axis + 2] * sides[axis]) for axis in (0, 1)]
    elif len(given) == 4:
        sizes, starts = [int(size) for size in given[:2]], [int(start) for start in given[2:]]
    else:
        raise DiffusionError(
            f"An area is (height, width, y, x) in latent cells, but {tuple(given)} came: use one "
            "of the area nodes for pictures."
        )
    fitting = [
        min(size, side - start) for size, start, side in zip(sizes, starts, sides, strict=True)
    ]
    if min(fitting) < 1 or min(starts) < 0:
        tall, wide, y, x, picture_height, picture_width = (
            cells * PIXELS for cells in (*sizes, *starts, height, width)
        )
        raise DiffusionError(
            f"The area of {wide} × {tall} pixels at x = {x}, y = {y} lies outside the picture of "
            f"{picture_width} × {picture_height} pixels: move it inside."
        )
    return Area(fitting[0], fitting[1], starts[0], starts[1])


def read_region(
    options: Mapping[str, Any], like: Tensor, *, sigma_from: float, sigma_to: float
) -> Region:
    """The region of a CONDITIONING entry in a picture.

    Args:
        options: `area`, `strength`, `mask` [h, w] or [B, h, w] of any size, `mask_strength`,
            `set_area_to_bounds`, `default`.
        like: The latent, [B, C, h, w].
        sigma_from: The highest noise level at which it holds.
        sigma_to: The lowest.

    Raises:
        DiffusionError: Area or mask cannot be used.
    """
    height, width = like.shape[-2:]
    area = read_area(options, height, width)
    strength = float(options.get("strength", 1.0))
    mask = options.get("mask")
    weight: Tensor | float = strength
    if mask is not None:
        fitted = fit_mask(mask, like)
        if options.get("set_area_to_bounds"):
            area = _bounds(fitted)
        shown = fitted if area is None else area.crop(fitted)
        weight = shown * (float(options.get("mask_strength", 1.0)) * strength)
    elif area is not None:
        weight = area.faded(height, width).to(like.device) * strength
    return Region(area, weight, sigma_from, sigma_to, bool(options.get("default")))


def _fades(size: int, *, before: bool, after: bool) -> Tensor:
    """One side of an area: ones, rising from `before` and falling to `after` where asked."""
    weights = torch.ones(size)
    reach = min(_FADE, size // 4)
    rise = torch.arange(1, reach + 1) / max(reach, 1)
    if before:
        weights[:reach] *= rise
    if after:
        weights[size - reach :] *= rise.flip(0)
    return weights


def _bounds(mask: Tensor) -> Area:
    """The least rectangle with all that is not zero in any mask, though not below 8 × 8 cells."""
    height, width = mask.shape[-2:]
    marked = mask.abs().amax(dim=(0, 1)) > 0.0
    rows, columns = marked.any(dim=1).nonzero(), marked.any(dim=0).nonzero()
    if not len(rows):
        return Area(min(_LEAST_BOUNDS, height), min(_LEAST_BOUNDS, width), 0, 0)
    top, left = int(rows[0]), int(columns[0])
    tall = max(_LEAST_BOUNDS, int(rows[-1]) - top + 1)
    wide = max(_LEAST_BOUNDS, int(columns[-1]) - left + 1)
    return Area(min(tall, height - top), min(wide, width - left), top, left)
