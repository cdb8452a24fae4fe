"""Nodes that repeat latents and put them together."""

from typing import TYPE_CHECKING, Annotated

from graph.decorator import node
from graph.sockets import Int
from nodes.incoming import latents, latents_like
from nodes.latent_values import with_samples
from nodes.types import Latent

if TYPE_CHECKING:
    import torch


@node("RepeatLatentBatch", category="latent/batch", display_name="Repeat Latent Batch")
def repeat_latent_batch(samples: Latent, amount: Annotated[int, Int(1, 64)] = 1) -> Latent:
    """Repeat a batch of latents; each copy gets noise of its own.

    Args:
        samples: The batch.
        amount: How many times it is there afterwards.
    """
    from diffusion.batches import repeat_to

    whole = latents(samples, "samples")
    return with_samples(samples, repeat_to(whole, amount * len(whole)))


@node("LatentBatch", category="latent/batch")
def latent_batch(samples1: Latent, samples2: Latent) -> Latent:
    """Put two batches of latents together; each latent keeps the noise of its own batch.

    Args:
        samples1: These come first.
        samples2: These come after them, brought to the same size.
    """
    import torch

    from diffusion.batches import fit_latents

    first = latents(samples1, "samples1")
    second = latents_like(samples2, "samples2", first)
    together = torch.cat((first, fit_latents(second, first, "bilinear")))
    places = [*_places(samples1), *_places(samples2)]
    joined = {**samples1, "samples": together, "batch_index": places}
    if "noise_mask" in samples1 or "noise_mask" in samples2:
        joined["noise_mask"] = _masks(samples1, samples2)
    return joined


def _places(latent: Latent) -> list[int]:
    return list(latent.get("batch_index", range(len(latent["samples"]))))


def _masks(first: Latent, second: Latent) -> "torch.Tensor":
    """The noise masks of both, one for each latent; without one, everything is made anew."""
    import torch

    from diffusion.batches import fit_masks, repeat_to

    given = [latent.get("noise_mask") for latent in (first, second)]
    height, width = next(mask for mask in given if mask is not None).shape[-2:]
    fitted = []
    for latent, mask in zip((first, second), given, strict=True):
        everywhere = torch.ones(1, height, width)
        masks = everywhere if mask is None else fit_masks(mask, width, height)
        fitted.append(repeat_to(masks, len(latent["samples"])))
    return torch.cat(fitted)[:, None]
