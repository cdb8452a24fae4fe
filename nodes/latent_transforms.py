"""Nodes that scale, flip, turn and crop latents, and their noise masks with them."""

from typing import TYPE_CHECKING, Annotated

from graph.decorator import node
from graph.sockets import Combo, Float, Int
from nodes.incoming import latents
from nodes.latent import PIXELS, UPSCALE_METHODS
from nodes.types import Latent

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

_ROTATIONS = ("none", "90 degrees", "180 degrees", "270 degrees")
_UPSIDE_DOWN, _MIRRORED = "x-axis: vertically", "y-axis: horizontally"
# What a crop leaves at least, if there is as much: 64 pixels.
_LEAST = 8


@node("LatentUpscaleBy", category="latent", display_name="Upscale Latent By")
def latent_upscale_by(
    samples: Latent,
    upscale_method: Annotated[str, Combo(UPSCALE_METHODS)],
    scale_by: Annotated[float, Float(0.01, 8.0, step=0.01)] = 1.5,
) -> Latent:
    """Resize latents by a factor, usually to add detail in a second sampling.

    Args:
        samples: The latents.
        upscale_method: How pixels in between are found; bislerp keeps the latents' strength.
        scale_by: Both sides are multiplied by it.
    """
    from diffusion.resize import resize

    small = latents(samples, "samples")
    height, width = (max(1, round(side * scale_by)) for side in small.shape[-2:])
    return {**samples, "samples": resize(small, width, height, upscale_method)}


@node("LatentFlip", category="latent/transform", display_name="Flip Latent")
def latent_flip(
    samples: Latent, flip_method: Annotated[str, Combo((_UPSIDE_DOWN, _MIRRORED))]
) -> Latent:
    """Mirror latents.

    Args:
        samples: The latents.
        flip_method: Vertically puts the top at the bottom, horizontally the left at the right.
    """
    axis = -2 if flip_method == _UPSIDE_DOWN else -1
    return _transformed(samples, lambda x: x.flip(axis))


@node("LatentRotate", category="latent/transform", display_name="Rotate Latent")
def latent_rotate(samples: Latent, rotation: Annotated[str, Combo(_ROTATIONS)]) -> Latent:
    """Turn latents clockwise.

    Args:
        samples: The latents.
        rotation: By how much.
    """
    quarters = _ROTATIONS.index(rotation)
    return _transformed(samples, lambda x: x.rot90(quarters, (-1, -2)))


@node("LatentCrop", category="latent/transform", display_name="Crop Latent")
def latent_crop(
    samples: Latent,
    width: Annotated[int, Int(64, 16384, step=8)] = 512,
    height: Annotated[int, Int(64, 16384, step=8)] = 512,
    x: Annotated[int, Int(0, 16384, step=8)] = 0,
    y: Annotated[int, Int(0, 16384, step=8)] = 0,
) -> Latent:
    """Cut an area out of latents; what of it lies outside is left out.

    Args:
        samples: The latents.
        width: Of the area, in pixels of the picture.
        height: Of the area, in pixels.
        x: The area's left edge, in pixels; moved to keep 64 pixels inside.
        y: The area's upper edge, in pixels; likewise.
    """
    from diffusion.batches import fit_masks
    from diffusion.mask_edits import crop_area

    whole = latents(samples, "samples")
    units = (side // PIXELS for side in (x, y, width, height))
    area = crop_area(whole, *units, least=_LEAST)
    cropped = {**samples, "samples": whole[(..., *area)].clone()}
    if "noise_mask" in samples:
        size = whole.shape[-1], whole.shape[-2]
        cropped["noise_mask"] = fit_masks(samples["noise_mask"], *size)[(..., *area)][:, None]
    return cropped


def _transformed(latent: Latent, transform: "Callable[[Tensor], Tensor]") -> Latent:
    """Do the same to latents and to the mask that goes with them, whatever its size."""
    both = {key: latent[key] for key in ("samples", "noise_mask") if key in latent}
    return {**latent, **{key: transform(value) for key, value in both.items()}}
