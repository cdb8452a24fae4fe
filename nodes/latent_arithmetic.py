"""Nodes that calculate with latents.

Where there are two, the first says the size and the number; the second is brought to them.
"""

from typing import TYPE_CHECKING, Annotated

from graph.context import NodeContext
from graph.decorator import node
from graph.sockets import Float
from nodes.incoming import latents, latents_like
from nodes.types import Latent

if TYPE_CHECKING:
    from torch import Tensor


@node("LatentAdd", category="latent/advanced")
def latent_add(ctx: NodeContext, samples1: Latent, samples2: Latent) -> Latent:
    """Add two latents.

    Args:
        ctx: What the engine offers.
        samples1: The one; its size and number are kept.
        samples2: The other.
    """
    return {**samples1, "samples": samples1["samples"] + _matched(ctx, samples1, samples2)}


@node("LatentSubtract", category="latent/advanced")
def latent_subtract(ctx: NodeContext, samples1: Latent, samples2: Latent) -> Latent:
    """Subtract one latent from another.

    Args:
        ctx: What the engine offers.
        samples1: What is subtracted from; its size and number are kept.
        samples2: What is subtracted.
    """
    return {**samples1, "samples": samples1["samples"] - _matched(ctx, samples1, samples2)}


@node("LatentMultiply", category="latent/advanced")
def latent_multiply(
    samples: Latent, multiplier: Annotated[float, Float(-10.0, 10.0, step=0.01)] = 1.0
) -> Latent:
    """Multiply latents by a number.

    Args:
        samples: The latents.
        multiplier: The number.
    """
    return {**samples, "samples": samples["samples"] * multiplier}


@node("LatentInterpolate", category="latent/advanced")
def latent_interpolate(
    ctx: NodeContext,
    samples1: Latent,
    samples2: Latent,
    ratio: Annotated[float, Float(0.0, 1.0, step=0.01)] = 1.0,
) -> Latent:
    """Mix two latents so that the mixture is as strong as they are.

    Args:
        ctx: What the engine offers.
        samples1: The one; its size and number are kept.
        samples2: The other.
        ratio: The first one's share: 1 leaves it alone, 0 the other.
    """
    from diffusion.blending import interpolate

    mixed = interpolate(samples1["samples"], _matched(ctx, samples1, samples2), ratio)
    return {**samples1, "samples": mixed}


def _matched(ctx: NodeContext, first: Latent, second: Latent) -> "Tensor":
    """The second latents in the size and number of the first."""
    from diffusion.batches import fit_latents, repeat_to

    like = latents(first, "samples1")
    given = latents_like(second, "samples2", like)
    if len(given) > len(like):
        ctx.warn(
            f"samples2 holds {len(given)} latents and samples1 {len(like)}, so the rest is not used"
        )
    return repeat_to(fit_latents(given, like, "bilinear"), len(like))
