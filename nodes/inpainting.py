"""Nodes that make pictures and latents ready for painting in part of them.

A mask is white where something is to be painted.
"""

from typing import TYPE_CHECKING, Annotated

from graph.context import NodeContext
from graph.decorator import node
from graph.definition import Lane
from graph.sockets import Boolean, Int
from nodes.checks import blaming, required
from nodes.incoming import masks, pictures
from nodes.types import Conditioning, Image, Latent, Mask, Vae
from nodes.vae import tiling_if_thrifty

if TYPE_CHECKING:
    from collections.abc import Callable


@node("SetLatentNoiseMask", category="latent/inpaint", display_name="Set Latent Noise Mask")
def set_latent_noise_mask(samples: Latent, mask: Mask) -> Latent:
    """Let sampling change only part of latents.

    Args:
        samples: The latents.
        mask: Where they may change; of any size, over the whole picture.
    """
    return {**samples, "noise_mask": masks(mask, "mask")[:, None]}


@node(
    "VAEEncodeForInpaint",
    category="latent/inpaint",
    display_name="VAE Encode (for Inpainting)",
    lane=Lane.ACCELERATOR,
    thrifty=True,
)
def vae_encode_for_inpaint(
    ctx: NodeContext,
    pixels: Image,
    vae: Vae | None,
    mask: Mask,
    grow_mask_by: Annotated[int, Int(0, 64, step=1)] = 6,
) -> Latent:
    """Turn pictures into latents without what is to be painted, of which nothing is left.

    Made for inpainting models and for sampling with a denoise of 1.

    Args:
        ctx: What the engine offers.
        pixels: The pictures; edges beyond a multiple of 8 pixels are cut off evenly.
        vae: The autoencoder of the model that is to work on them.
        mask: What is to be painted; of any size, over the whole picture.
        grow_mask_by: By how many pixels sampling may reach beyond it, for a seamless edge.
    """
    from diffusion.outpainting import blank_masked

    encoder = required(vae, "vae", "VAE")
    marked = masks(mask, "mask")
    with blaming("pixels"):
        shown, noise_mask = blank_masked(pixels, marked, encoder.factor, grow_mask_by)
        tiling = tiling_if_thrifty(ctx, *shown.shape[1:3])
        latents = encoder.encode(shown, on_item=ctx.progress, tiling=tiling)
    return {"samples": latents, "noise_mask": noise_mask[:, None]}


@node(
    "InpaintModelConditioning",
    category="conditioning/inpaint",
    lane=Lane.ACCELERATOR,
    thrifty=True,
    output_names=("positive", "negative", "latent"),
)
def inpaint_model_conditioning(
    ctx: NodeContext,
    positive: Conditioning,
    negative: Conditioning,
    vae: Vae | None,
    pixels: Image,
    mask: Mask,
    noise_mask: Annotated[bool, Boolean()] = True,
) -> tuple[Conditioning, Conditioning, Latent]:
    """Show an inpainting model the picture around what it is to paint.

    Args:
        ctx: What the engine offers.
        positive: What the picture should show.
        negative: What it should not.
        vae: The autoencoder of the model.
        pixels: The pictures; edges beyond a multiple of 8 pixels are cut off evenly.
        mask: What is to be painted; of any size, over the whole picture.
        noise_mask: Whether sampling leaves the rest as it is.
    """
    from diffusion.conditioning_edits import with_options
    from diffusion.outpainting import hide_masked

    encoder = required(vae, "vae", "VAE")
    marked = masks(mask, "mask")
    with blaming("pixels"):
        shown, fitted = hide_masked(pixels, marked, encoder.factor)
        tiling = tiling_if_thrifty(ctx, *shown.shape[1:3])
        known = encoder.encode(shown, on_item=_halves(ctx, 0), tiling=tiling)
        latent = {"samples": encoder.encode(pixels, on_item=_halves(ctx, 1), tiling=tiling)}
    if noise_mask:
        latent["noise_mask"] = fitted[:, None]
    more = {"concat_latent_image": known, "concat_mask": fitted[:, None]}
    return with_options(positive, **more), with_options(negative, **more), latent


def _halves(ctx: NodeContext, half: int) -> "Callable[[int, int], None]":
    """Tell of progress in the first or second of two passes over the same pictures."""

    def tell(done: int, total: int) -> None:
        ctx.progress(half * total + done, 2 * total)

    return tell


@node("ImagePadForOutpaint", category="image", display_name="Pad Image for Outpainting")
def image_pad_for_outpaint(
    image: Image,
    left: Annotated[int, Int(0, 16384, step=8)] = 0,
    top: Annotated[int, Int(0, 16384, step=8)] = 0,
    right: Annotated[int, Int(0, 16384, step=8)] = 0,
    bottom: Annotated[int, Int(0, 16384, step=8)] = 0,
    feathering: Annotated[int, Int(0, 16384, step=1)] = 40,
) -> tuple[Image, Mask]:
    """Surround pictures with grey, and mark it as what is to be painted.

    Args:
        image: The pictures.
        left: Pixels to add on the left.
        top: Pixels to add above.
        right: Pixels to add on the right.
        bottom: Pixels to add below.
        feathering: How many pixels the mask reaches into the picture, ever weaker. It does not
            where the picture is too small for that from two sides.
    """
    from diffusion.outpainting import pad, padding_mask

    padded = pad(pictures(image, "image"), left, top, right, bottom)
    mask = padding_mask(
        image.shape[2],
        image.shape[1],
        left=left,
        top=top,
        right=right,
        bottom=bottom,
        feathering=feathering,
    )
    return padded, mask
