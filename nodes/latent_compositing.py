"""Nodes that lay latents on others."""

from typing import Annotated

from graph.decorator import node
from graph.sockets import Boolean, Float, Int
from nodes.incoming import latents, latents_like, masks
from nodes.latent import PIXELS
from nodes.latent_values import with_samples
from nodes.types import Latent, Mask


@node("LatentComposite", category="latent", display_name="Latent Composite")
def latent_composite(
    samples_to: Latent,
    samples_from: Latent,
    x: Annotated[int, Int(0, 16384, step=8)] = 0,
    y: Annotated[int, Int(0, 16384, step=8)] = 0,
    feather: Annotated[int, Int(0, 16384, step=8)] = 0,
) -> Latent:
    """Lay latents on others; what reaches beyond them is cut off.

    Args:
        samples_to: What is below.
        samples_from: What is laid on it.
        x: The left edge of what is laid on, in pixels of the picture.
        y: Its upper edge, in pixels.
        feather: Width of the fade at edges inside the picture, in pixels.
    """
    from diffusion.compositing import paste_softly

    below = latents(samples_to, "samples_to")
    above = latents_like(samples_from, "samples_from", below)
    pasted = paste_softly(below, above, x // PIXELS, y // PIXELS, feather // PIXELS)
    return with_samples(samples_to, pasted)


@node("LatentCompositeMasked", category="latent", display_name="LatentCompositeMasked")
def latent_composite_masked(
    destination: Latent,
    source: Latent,
    x: Annotated[int, Int(0, 16384, step=8)] = 0,
    y: Annotated[int, Int(0, 16384, step=8)] = 0,
    resize_source: Annotated[bool, Boolean()] = False,
    mask: Mask | None = None,
) -> Latent:
    """Lay latents on others where a mask is white; what reaches beyond them is cut off.

    Args:
        destination: What is below; there are as many afterwards as there are of these.
        source: What is laid on it.
        x: The source's left edge, in pixels of the picture.
        y: Its upper edge, in pixels.
        resize_source: Whether the source is first made as large as the destination.
        mask: Where the source is seen, over its whole size; everywhere without one.
    """
    from diffusion.compositing import paste_masked

    below = latents(destination, "destination")
    above = latents_like(source, "source", below)
    mask = None if mask is None else masks(mask, "mask")
    place = x // PIXELS, y // PIXELS
    pasted = paste_masked(below, above, *place, mask, resize_source=resize_source)
    return with_samples(destination, pasted)


@node("LatentBlend", category="_for_testing", display_name="Latent Blend")
def latent_blend(
    samples1: Latent,
    samples2: Latent,
    blend_factor: Annotated[float, Float(0, 1, step=0.01)] = 0.5,
) -> Latent:
    """Mix two latents evenly all over.

    Args:
        samples1: The one.
        samples2: The other, brought to the same size.
        blend_factor: The first one's share: 1 leaves it alone, 0 the other.
    """
    import torch

    from diffusion.batches import fit_latents, same_length

    first = latents(samples1, "samples1")
    second = latents_like(samples2, "samples2", first)
    first, second = same_length(first, fit_latents(second, first, "bicubic"))
    return with_samples(samples1, torch.lerp(second, first, blend_factor))
