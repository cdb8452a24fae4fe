"""The eight shapes that the starter model knows, as coverage masks.

A shape is drawn at four times the size and averaged down, so a mask value is the part of the pixel
that the shape covers. Pictures are composed from these masks, and the measures match what a model
drew against the same masks. x and y count pixels from the left and top edge; a shape reaches about
`radius` pixels from its centre.
"""

import math
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

OVERSAMPLING = 4

Painter = Callable[[ImageDraw.ImageDraw, float, float, float], None]


class Shape(StrEnum):
    """A figure's outline."""

    CIRCLE = "circle"
    SQUARE = "square"
    TRIANGLE = "triangle"
    STAR = "star"
    RING = "ring"
    CROSS = "cross"
    DIAMOND = "diamond"
    HEART = "heart"


def coverage(
    shape: Shape, x: float, y: float, radius: float, size: int = 64
) -> NDArray[np.float32]:
    """How much of each pixel a shape covers.

    Args:
        shape: What to draw.
        x: Centre in pixels from the left.
        y: Centre in pixels from the top.
        radius: Reach in pixels.
        size: Side of the square picture in pixels.

    Returns:
        Mask [size, size] in 0..1.
    """
    canvas = Image.new("L", (size * OVERSAMPLING, size * OVERSAMPLING))
    painter = _PAINTERS[shape]
    painter(ImageDraw.Draw(canvas), x * OVERSAMPLING, y * OVERSAMPLING, radius * OVERSAMPLING)
    return np.asarray(canvas.reduce(OVERSAMPLING), dtype=np.float32) / 255.0


def _circle(draw: ImageDraw.ImageDraw, x: float, y: float, r: float) -> None:
    draw.ellipse((x - r, y - r, x + r, y + r), fill=255)


def _square(draw: ImageDraw.ImageDraw, x: float, y: float, r: float) -> None:
    half = 0.86 * r
    draw.rectangle((x - half, y - half, x + half, y + half), fill=255)


def _triangle(draw: ImageDraw.ImageDraw, x: float, y: float, r: float) -> None:
    base, half = y + 0.75 * r, 0.95 * r
    draw.polygon([(x, y - r), (x - half, base), (x + half, base)], fill=255)


def _star(draw: ImageDraw.ImageDraw, x: float, y: float, r: float) -> None:
    reach = [r if corner % 2 == 0 else 0.42 * r for corner in range(10)]
    angles = [corner * math.pi / 5 for corner in range(10)]
    corners = zip(reach, angles, strict=True)
    draw.polygon([(x + q * math.sin(a), y - q * math.cos(a)) for q, a in corners], fill=255)


def _ring(draw: ImageDraw.ImageDraw, x: float, y: float, r: float) -> None:
    draw.ellipse((x - r, y - r, x + r, y + r), outline=255, width=max(1, int(0.38 * r)))


def _cross(draw: ImageDraw.ImageDraw, x: float, y: float, r: float) -> None:
    half = 0.34 * r
    draw.rectangle((x - r, y - half, x + r, y + half), fill=255)
    draw.rectangle((x - half, y - r, x + half, y + r), fill=255)


def _diamond(draw: ImageDraw.ImageDraw, x: float, y: float, r: float) -> None:
    half = 0.72 * r
    draw.polygon([(x, y - r), (x + half, y), (x, y + r), (x - half, y)], fill=255)


def _heart(draw: ImageDraw.ImageDraw, x: float, y: float, r: float) -> None:
    # The parametric heart curve (MathWorld, "Heart Curve", eq. 6), 17 units from centre to tip.
    angles = np.linspace(0.0, 2.0 * math.pi, 48)
    across = 16 * np.sin(angles) ** 3
    up = 13 * np.cos(angles) - 5 * np.cos(2 * angles) - 2 * np.cos(3 * angles) - np.cos(4 * angles)
    points = zip((x + r * across / 17).tolist(), (y - r * up / 17).tolist(), strict=True)
    draw.polygon(list(points), fill=255)


_PAINTERS: Mapping[Shape, Painter] = MappingProxyType(
    {
        Shape.CIRCLE: _circle,
        Shape.SQUARE: _square,
        Shape.TRIANGLE: _triangle,
        Shape.STAR: _star,
        Shape.RING: _ring,
        Shape.CROSS: _cross,
        Shape.DIAMOND: _diamond,
        Shape.HEART: _heart,
    }
)
