"""Nodes that resize pictures."""

import math
from typing import TYPE_CHECKING, Annotated

from graph.decorator import node
from graph.sockets import Combo, Float, Int
from nodes.incoming import pictures
from nodes.types import Image

if TYPE_CHECKING:
    from torch import Tensor

UPSCALE_METHODS = ("nearest-exact", "bilinear", "area", "bicubic", "lanczos")
_MEGAPIXEL = 1024 * 1024


@node("ImageScale", category="image/upscaling", display_name="Upscale Image")
def image_scale(
    image: Image,
    upscale_method: Annotated[str, Combo(UPSCALE_METHODS)],
    width: Annotated[int, Int(0, 16384, step=1)] = 512,
    height: Annotated[int, Int(0, 16384, step=1)] = 512,
    *,
    crop: Annotated[str, Combo(("disabled", "center"))],
) -> Image:
    """Resize pictures to a width and height.

    Args:
        image: The pictures.
        upscale_method: How pixels in between are found.
        width: In pixels. 0 follows the height; both 0 changes nothing.
        height: In pixels. 0 follows the width.
        crop: Whether to cut off what does not fit the new shape, rather than to squeeze it.
    """
    from diffusion.resize import crop_to_aspect

    if width == 0 and height == 0:
        return image
    old_height, old_width = pictures(image, "image").shape[1:3]
    width, height = (
        width or max(1, round(old_width * height / old_height)),
        height or max(1, round(old_height * width / old_width)),
    )
    planes = image.movedim(-1, 1)
    if crop == "center":
        planes = crop_to_aspect(planes, width, height)
    return _resized(planes, width, height, upscale_method)


@node("ImageScaleBy", category="image/upscaling", display_name="Upscale Image By")
def image_scale_by(
    image: Image,
    upscale_method: Annotated[str, Combo(UPSCALE_METHODS)],
    scale_by: Annotated[float, Float(0.01, 8.0, step=0.01)] = 1.0,
) -> Image:
    """Resize pictures by a factor.

    Args:
        image: The pictures.
        upscale_method: How pixels in between are found.
        scale_by: Both sides are multiplied by it.
    """
    return _scaled(image, upscale_method, scale_by)


@node("ImageScaleToTotalPixels", category="image/upscaling")
def image_scale_to_total_pixels(
    image: Image,
    upscale_method: Annotated[str, Combo(UPSCALE_METHODS)],
    megapixels: Annotated[float, Float(0.01, 16.0, step=0.01)] = 1.0,
) -> Image:
    """Resize pictures to a number of pixels, in the shape that they have.

    Args:
        image: The pictures.
        upscale_method: How pixels in between are found.
        megapixels: 1 is as many as 1024 × 1024 has.
    """
    height, width = pictures(image, "image").shape[1:3]
    return _scaled(image, upscale_method, math.sqrt(megapixels * _MEGAPIXEL / (width * height)))


def _scaled(image: Image, method: str, factor: float) -> Image:
    sides = pictures(image, "image").shape[1:3]
    height, width = (max(1, round(side * factor)) for side in sides)
    return _resized(image.movedim(-1, 1), width, height, method)


def _resized(planes: "Tensor", width: int, height: int, method: str) -> Image:
    """Make IMAGE of another size out of [B, C, H, W]."""
    from diffusion.lanczos import lanczos
    from diffusion.resize import resize

    if method == "lanczos":
        return lanczos(planes, width, height).movedim(1, -1)
    return resize(planes, width, height, method).movedim(1, -1)
