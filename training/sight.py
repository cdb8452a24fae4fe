"""What a picture of one shape on one ground shows, measured without any model.

The ground is the median of the picture's border. The figure's colour is the median of the pixels
that differ most from it, and each pixel's coverage follows from where its colour lies between the
two. Colours get the nearest name of the palette. The shape is the one of the drawing program's
own masks that, at its best position and size, overlaps the coverage most.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from training.scenes import PALETTE, PLACES, SIZE, Colour, Picture, place_centre
from training.shapes import Shape, coverage

Mask = NDArray[np.float32]

# A pixel belongs to the figure when it is this far from the ground, in RGB bytes.
FAINTEST = 30.0
FEWEST_PIXELS = 30
BORDER = 2


@dataclass(frozen=True)
class Fitted:
    """A shape laid over a coverage mask: where, how large, and how well it overlaps (0..1)."""

    shape: Shape
    x: float
    y: float
    radius: float
    overlap: float


@dataclass(frozen=True)
class Sight:
    """What was seen; `colour` and `fitted` are None on an empty ground."""

    ground: Colour
    colour: Colour | None
    fitted: Fitted | None


def look(picture: Picture) -> Sight:
    """Name what a picture shows.

    Args:
        picture: RGB bytes, [64, 64, 3].
    """
    pixels = picture.astype(np.float32)
    ground = _border_colour(pixels)
    distance = np.linalg.norm(pixels - ground, axis=-1)
    if int((distance > FAINTEST).sum()) < FEWEST_PIXELS:
        return Sight(nearest_colour(ground), None, None)
    # The farthest percentile, so that a few wild pixels do not set the measure.
    figure = np.median(pixels[distance > np.percentile(distance, 99) / 2], axis=0)
    towards = figure - ground
    mask = np.clip((pixels - ground) @ towards / (towards @ towards), 0.0, 1.0)
    return Sight(nearest_colour(ground), nearest_colour(figure), fit_shape(mask))


def nearest_colour(rgb: NDArray[np.float32]) -> Colour:
    """The palette's name for a colour, [3] in bytes."""
    return min(PALETTE, key=lambda name: float(np.square(rgb - PALETTE[name]).sum()))


def nearest_place(x: float, y: float) -> str:
    """The named place nearest to a point in pixels; the empty string is the middle."""
    centres = {place: place_centre(place) for place in PLACES}
    centres[""] = (SIZE / 2, SIZE / 2)
    return min(centres, key=lambda name: (centres[name][0] - x) ** 2 + (centres[name][1] - y) ** 2)


def fit_shape(mask: Mask) -> Fitted:
    """The shape that overlaps a coverage mask best, each at its own best position and size."""
    return max((_fit(shape, mask) for shape in Shape), key=lambda fitted: fitted.overlap)


def _fit(shape: Shape, mask: Mask) -> Fitted:
    """Start where area and centre of mass agree, then climb in ever smaller steps."""
    best = _at(shape, mask, *_start(shape, mask))
    for step in (2.0, 1.0, 0.5):
        best = _climb(best, mask, step)
    return best


def _climb(best: Fitted, mask: Mask, step: float) -> Fitted:
    while True:
        x, y, radius = best.x, best.y, best.radius
        around = [
            (x - step, y, radius),
            (x + step, y, radius),
            (x, y - step, radius),
            (x, y + step, radius),
            (x, y, radius + step),
            (x, y, max(2.0, radius - step)),
        ]
        better = max((_at(best.shape, mask, *place) for place in around), key=lambda f: f.overlap)
        if better.overlap <= best.overlap:
            return best
        best = better


def _at(shape: Shape, mask: Mask, x: float, y: float, radius: float) -> Fitted:
    drawn = coverage(shape, x, y, radius, len(mask))
    overlap = float(np.minimum(drawn, mask).sum() / np.maximum(drawn, mask).sum())
    return Fitted(shape, x, y, radius, overlap)


def _start(shape: Shape, mask: Mask) -> tuple[float, float, float]:
    area, x, y = _moments(mask)
    unit_area, unit_x, unit_y = _unit_moments(shape)
    radius = float(np.sqrt(area / unit_area))
    return x - unit_x * radius, y - unit_y * radius, radius


@lru_cache(maxsize=len(Shape))
def _unit_moments(shape: Shape) -> tuple[float, float, float]:
    """Area and centre of mass of a shape of radius one about the origin."""
    size, radius = 64, 24.0
    area, x, y = _moments(coverage(shape, size / 2, size / 2, radius, size))
    return area / radius**2, (x - size / 2) / radius, (y - size / 2) / radius


def _moments(mask: Mask) -> tuple[float, float, float]:
    """Area in pixels and centre of mass of a mask, pixel centres lying at halves."""
    rows, columns = np.indices(mask.shape, dtype=np.float32) + 0.5
    area = float(mask.sum())
    return area, float((mask * columns).sum()) / area, float((mask * rows).sum()) / area


def _border_colour(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    inner = np.zeros(pixels.shape[:2], dtype=bool)
    inner[BORDER:-BORDER, BORDER:-BORDER] = True
    median: NDArray[np.float32] = np.median(pixels[~inner], axis=0)
    return median
