"""What travels with latents, kept in step with them: noise masks, and places in the batch."""

from typing import TYPE_CHECKING

from nodes.types import Latent

if TYPE_CHECKING:
    from torch import Tensor


def with_samples(latent: Latent, samples: "Tensor") -> Latent:
    """Put other samples, perhaps more of them, into a LATENT.

    Args:
        latent: What they were made from.
        samples: [B', C, h, w]; where B' is more than there were, the latent was repeated.

    Returns:
        A new LATENT, whose masks are repeated as the samples were, and whose places in the batch
        go on, so that each item gets noise of its own.
    """
    from diffusion.batches import as_masks, repeat_places, repeat_to

    before, now = len(latent["samples"]), len(samples)
    changed = {**latent, "samples": samples}
    if now <= before:
        return changed
    if "noise_mask" in latent:
        masks = repeat_to(as_masks(latent["noise_mask"]), before)
        changed["noise_mask"] = repeat_to(masks, now)[:, None]
    if "batch_index" in latent:
        changed["batch_index"] = repeat_places(latent["batch_index"], -(-now // before))[:now]
    return changed
