"""Nodes that change how pictures look."""

from typing import Annotated

from graph.context import NodeContext
from graph.decorator import node
from graph.sockets import Combo, Float, Int
from nodes.incoming import pictures
from nodes.quantising import DITHERS, quantise
from nodes.types import Image

BLEND_MODES = ("normal", "multiply", "screen", "overlay", "soft_light", "difference")


@node("ImageBlend", category="image/postprocessing")
def image_blend(
    image1: Image,
    image2: Image,
    blend_factor: Annotated[float, Float(0.0, 1.0, step=0.01)] = 0.5,
    *,
    blend_mode: Annotated[str, Combo(BLEND_MODES)],
) -> Image:
    """Lay one picture on another.

    Args:
        image1: What is below; its size is kept.
        image2: What is laid on it, brought to the same size.
        blend_factor: How much the result counts; at 0 the picture below is left.
        blend_mode: What the result is; difference is image1 less image2, and black below 0.
    """
    from diffusion.batches import fit_images, same_channels, same_length
    from diffusion.blending import blend

    below, above = same_channels(pictures(image1, "image1"), pictures(image2, "image2"))
    below, above = same_length(below, fit_images(above, below, "bicubic"))
    return blend(below, above, blend_factor, blend_mode)


@node("ImageBlur", category="image/postprocessing")
def image_blur(
    image: Image,
    blur_radius: Annotated[int, Int(1, 31, step=1)] = 1,
    sigma: Annotated[float, Float(0.1, 10.0, step=0.1)] = 1.0,
) -> Image:
    """Blur pictures.

    Args:
        image: The pictures.
        blur_radius: How far a pixel spreads, in pixels.
        sigma: How evenly it does: the Gaussian's standard deviation, in units of the radius.
    """
    from diffusion.blur import gaussian_blur

    return gaussian_blur(pictures(image, "image"), blur_radius, sigma)


@node("ImageSharpen", category="image/postprocessing")
def image_sharpen(
    image: Image,
    sharpen_radius: Annotated[int, Int(1, 31, step=1)] = 1,
    sigma: Annotated[float, Float(0.1, 10.0, step=0.01)] = 1.0,
    alpha: Annotated[float, Float(0.0, 5.0, step=0.01)] = 1.0,
) -> Image:
    """Sharpen pictures: add ten times alpha of what a blur would take away.

    Args:
        image: The pictures.
        sharpen_radius: Of the blur, in pixels.
        sigma: Of the blur: its standard deviation, in units of the radius.
        alpha: Strength; 0 changes nothing.
    """
    from diffusion.blur import sharpen

    return sharpen(pictures(image, "image"), sharpen_radius, sigma, alpha)


@node("ImageQuantize", category="image/postprocessing")
def image_quantize(
    ctx: NodeContext,
    image: Image,
    colors: Annotated[int, Int(1, 256, step=1)] = 256,
    *,
    dither: Annotated[str, Combo(DITHERS)],
) -> Image:
    """Show each picture in few colours.

    Args:
        ctx: What the engine offers.
        image: The pictures.
        colors: How many each may have.
        dither: How colours in between are mixed from those that are there.
    """
    return quantise(ctx, pictures(image, "image"), colors, dither)
