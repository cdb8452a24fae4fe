"""Nodes that make, pick and resize latents."""

from typing import Annotated

from graph.decorator import node
from graph.sockets import Combo, Int
from nodes.types import Latent

# A latent pixel stands for this many pixels each way.
PIXELS = 8
UPSCALE_METHODS = ("nearest-exact", "bilinear", "area", "bicubic", "bislerp")


@node("EmptyLatentImage", category="latent", display_name="Empty Latent Image")
def empty_latent_image(
    width: Annotated[int, Int(16, 16384, step=8)] = 512,
    height: Annotated[int, Int(16, 16384, step=8)] = 512,
    batch_size: Annotated[int, Int(1, 4096)] = 1,
) -> Latent:
    """Make a batch of empty latents to start a picture from.

    Args:
        width: Of the picture, in pixels.
        height: Of the picture, in pixels.
        batch_size: How many pictures are made at once.
    """
    import torch

    return {"samples": torch.zeros(batch_size, 4, height // PIXELS, width // PIXELS)}


@node("LatentFromBatch", category="latent/batch", display_name="Latent From Batch")
def latent_from_batch(
    samples: Latent,
    batch_index: Annotated[int, Int(0, 63)] = 0,
    length: Annotated[int, Int(1, 64)] = 1,
) -> Latent:
    """Take some latents out of a batch; each keeps the noise of its place in the batch.

    Args:
        samples: The batch.
        batch_index: The first to take, from 0. Beyond the end, the last is taken.
        length: How many to take, if there are as many.
    """
    whole = samples["samples"]
    start = min(batch_index, len(whole) - 1)
    chosen = slice(start, start + length)
    places = samples.get("batch_index", range(len(whole)))
    taken = {**samples, "samples": whole[chosen].clone(), "batch_index": list(places[chosen])}
    mask = samples.get("noise_mask")
    if mask is not None and len(mask) > 1:
        repeats = -(-len(whole) // len(mask))
        taken["noise_mask"] = mask.repeat(repeats, *[1] * (mask.ndim - 1))[chosen].clone()
    return taken


@node("LatentUpscale", category="latent", display_name="Upscale Latent")
def latent_upscale(
    samples: Latent,
    upscale_method: Annotated[str, Combo(UPSCALE_METHODS)],
    width: Annotated[int, Int(0, 16384, step=8)] = 512,
    height: Annotated[int, Int(0, 16384, step=8)] = 512,
    *,
    crop: Annotated[str, Combo(("disabled", "center"))],
) -> Latent:
    """Resize latents, usually to add detail in a second sampling.

    Args:
        samples: The latents.
        upscale_method: How pixels in between are found; bislerp keeps the latents' strength.
        width: Of the picture, in pixels. 0 follows the height; both 0 changes nothing.
        height: Of the picture, in pixels. 0 follows the width.
        crop: Whether to cut off what does not fit the new shape, rather than to squeeze it.
    """
    from diffusion.resize import crop_to_aspect, resize

    if width == 0 and height == 0:
        return samples
    latents = samples["samples"]
    old_height, old_width = latents.shape[-2:]
    new_width = width // PIXELS or round(old_width * height / PIXELS / old_height)
    new_height = height // PIXELS or round(old_height * width / PIXELS / old_width)
    new_width, new_height = max(1, new_width), max(1, new_height)
    if crop == "center":
        latents = crop_to_aspect(latents, new_width, new_height)
    return {**samples, "samples": resize(latents, new_width, new_height, upscale_method)}
