"""Nodes between pictures and latents."""

from graph.context import NodeContext
from graph.decorator import node
from graph.definition import Lane
from nodes.checks import blaming, required
from nodes.types import Image, Latent, Vae


@node("VAEDecode", category="latent", display_name="VAE Decode", lane=Lane.ACCELERATOR)
def vae_decode(ctx: NodeContext, samples: Latent, vae: Vae | None) -> Image:
    """Turn latents into pictures.

    Args:
        ctx: What the engine offers.
        samples: The latents.
        vae: The autoencoder of the model that made them.
    """
    from diffusion.interruption import interruptible

    decoder = required(vae, "vae", "VAE")
    with blaming("samples"), interruptible(ctx.check_cancelled):
        return decoder.decode(samples["samples"], on_item=ctx.progress)


@node("VAEEncode", category="latent", display_name="VAE Encode", lane=Lane.ACCELERATOR)
def vae_encode(ctx: NodeContext, pixels: Image, vae: Vae | None) -> Latent:
    """Turn pictures into latents.

    Args:
        ctx: What the engine offers.
        pixels: The pictures; edges beyond a multiple of 8 pixels are cut off evenly.
        vae: The autoencoder of the model that is to work on them.
    """
    from diffusion.interruption import interruptible

    encoder = required(vae, "vae", "VAE")
    with blaming("pixels"), interruptible(ctx.check_cancelled):
        return {"samples": encoder.encode(pixels, on_item=ctx.progress)}
