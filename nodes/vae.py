"""Nodes between pictures and latents, at once or tile by tile."""

from typing import TYPE_CHECKING, Annotated

from graph.context import NodeContext
from graph.decorator import node
from graph.definition import Lane
from graph.sockets import Int
from nodes.checks import blaming, required
from nodes.types import Image, Latent, Vae

if TYPE_CHECKING:
    from diffusion.tiling import Tiling

_TILED = "_for_testing"

Overlap = Annotated[int, Int(0, 4096, step=32)]
TemporalSize = Annotated[int, Int(8, 4096, step=4)]
TemporalOverlap = Annotated[int, Int(4, 4096, step=4)]


@node(
    "VAEDecode", category="latent", display_name="VAE Decode", lane=Lane.ACCELERATOR, thrifty=True
)
def vae_decode(ctx: NodeContext, samples: Latent, vae: Vae | None) -> Image:
    """Turn latents into pictures.

    Args:
        ctx: What the engine offers.
        samples: The latents.
        vae: The autoencoder of the model that made them.
    """
    decoder = required(vae, "vae", "VAE")
    height, width = samples["samples"].shape[-2:]
    tiling = tiling_if_thrifty(ctx, height * decoder.factor, width * decoder.factor)
    return _decoded(ctx, samples, decoder, tiling)


@node(
    "VAEEncode", category="latent", display_name="VAE Encode", lane=Lane.ACCELERATOR, thrifty=True
)
def vae_encode(ctx: NodeContext, pixels: Image, vae: Vae | None) -> Latent:
    """Turn pictures into latents.

    Args:
        ctx: What the engine offers.
        pixels: The pictures; edges beyond a multiple of 8 pixels are cut off evenly.
        vae: The autoencoder of the model that is to work on them.
    """
    encoder = required(vae, "vae", "VAE")
    return _encoded(ctx, pixels, encoder, tiling_if_thrifty(ctx, *pixels.shape[-3:-1]))


@node("VAEDecodeTiled", category=_TILED, display_name="VAE Decode (Tiled)", lane=Lane.ACCELERATOR)
def vae_decode_tiled(
    ctx: NodeContext,
    samples: Latent,
    vae: Vae | None,
    tile_size: Annotated[int, Int(64, 4096, step=32)] = 512,
    overlap: Overlap = 64,
    temporal_size: TemporalSize = 64,  # noqa: ARG001 - pictures have no frames
    temporal_overlap: TemporalOverlap = 8,  # noqa: ARG001
) -> Image:
    """Turn latents into pictures tile by tile: nearly the same in much less memory.

    Args:
        ctx: What the engine offers.
        samples: The latents.
        vae: The autoencoder of the model that made them.
        tile_size: Pixels along a side of a tile; smaller ones take less memory.
        overlap: Pixels that neighbours share; more than a quarter of a tile means that.
        temporal_size: Frames decoded at once, which pictures have none of.
        temporal_overlap: Frames that neighbours share, likewise.
    """
    from diffusion.tiling import Tiling

    decoder = required(vae, "vae", "VAE")
    return _decoded(ctx, samples, decoder, Tiling(tile_size, overlap))


@node("VAEEncodeTiled", category=_TILED, display_name="VAE Encode (Tiled)", lane=Lane.ACCELERATOR)
def vae_encode_tiled(
    ctx: NodeContext,
    pixels: Image,
    vae: Vae | None,
    tile_size: Annotated[int, Int(64, 4096, step=64)] = 512,
    overlap: Overlap = 64,
    temporal_size: TemporalSize = 64,  # noqa: ARG001 - pictures have no frames
    temporal_overlap: TemporalOverlap = 8,  # noqa: ARG001
) -> Latent:
    """Turn pictures into latents tile by tile: nearly the same in much less memory.

    Args:
        ctx: What the engine offers.
        pixels: The pictures; edges beyond a multiple of 8 pixels are cut off evenly.
        vae: The autoencoder of the model that is to work on them.
        tile_size: Pixels along a side of a tile; smaller ones take less memory.
        overlap: Pixels that neighbours share; more than a quarter of a tile means that.
        temporal_size: Frames encoded at once, which pictures have none of.
        temporal_overlap: Frames that neighbours share, likewise.
    """
    from diffusion.tiling import Tiling

    encoder = required(vae, "vae", "VAE")
    return _encoded(ctx, pixels, encoder, Tiling(tile_size, overlap))


def tiling_if_thrifty(ctx: NodeContext, height: int, width: int) -> "Tiling | None":
    """How pictures are cut into tiles after memory ran out; None while there is enough.

    Args:
        ctx: What the engine offers.
        height: Of the pictures, in pixels.
        width: Likewise.
    """
    if not ctx.thrifty:
        return None
    from diffusion.tiling import Tiling

    return Tiling.for_little_memory(height, width)


def _decoded(ctx: NodeContext, samples: Latent, decoder: Vae, tiling: "Tiling | None") -> Image:
    from diffusion.interruption import interruptible

    with blaming("samples"), interruptible(ctx.check_cancelled):
        return decoder.decode(samples["samples"], on_item=ctx.progress, tiling=tiling)


def _encoded(ctx: NodeContext, pixels: Image, encoder: Vae, tiling: "Tiling | None") -> Latent:
    from diffusion.interruption import interruptible

    with blaming("pixels"), interruptible(ctx.check_cancelled):
        return {"samples": encoder.encode(pixels, on_item=ctx.progress, tiling=tiling)}
