"""What some models see beside the noisy latent: a picture, and a mask of what is missing in it.

Reference: Rombach et al. 2022, arXiv:2112.10752, section 4.5 (nine channels: the latent, the mask,
the masked picture); Brooks et al. 2023, arXiv:2211.09800, section 3.2 (eight: the latent, the
picture to edit).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from diffusion.batches import fit_latents, repeat_to
from diffusion.masks import fit_mask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from diffusion.model import DiffusionModel

# The latent of a grey picture, in model units, as Stable Diffusion's autoencoder encodes it.
_GREY = (0.8223, -0.6876, 0.6364, 0.1380)


def seen_beside(
    options: Mapping[str, Any], model: DiffusionModel, original: Tensor, mask: Tensor | None
) -> Tensor | None:
    """The channels beside the latent.

    Args:
        options: Of a CONDITIONING entry: `concat_mask`, `concat_latent_image` in LATENT units, each
            of any size; for inpainting models the run's own mask and latent stand in.
        model: Tells how many channels it sees.
        original: The latent that the run started from, in model units, [B, C, h, w].
        mask: Of the run, [B, 1, h, w], 1 where the picture is made anew.

    Returns:
        [B, extra channels, h, w]; None where it sees none.
    """
    if not model.extra_channels:
        return None
    picture = options.get("concat_latent_image")
    if model.extra_channels == original.shape[1]:
        return torch.zeros_like(original) if picture is None else _fitted(picture, original)
    given = options.get("concat_mask", mask)
    if given is None:
        return _all_anew(original)
    known = original
    if picture is not None:
        known = _fitted(model.latent_format.into_model(picture), original)
    return torch.cat((fit_mask(given, original).round(), known), dim=1)


def _fitted(picture: Tensor, original: Tensor) -> Tensor:
    return repeat_to(fit_latents(picture.to(original), original, "bilinear"), len(original))


def _all_anew(original: Tensor) -> Tensor:
    """A mask of ones, and a grey picture."""
    grey = original.new_tensor(_GREY[: original.shape[1]])[:, None, None]
    return torch.cat((torch.ones_like(original[:, :1]), grey.expand_as(original)), dim=1)
