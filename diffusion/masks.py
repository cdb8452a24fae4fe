"""Inpainting: what is kept from the original latent, at every question and answer.

A mask is 1 where the picture is made anew, 0 where it is kept, and anything between.
Before each model call the kept part is replaced by the original at the current noise level;
afterwards the denoised answer's kept part is the original itself.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from diffusion.errors import DiffusionError
from diffusion.parameterisation import Parameterisation


def fit_mask(mask: Tensor, latent: Tensor) -> Tensor:
    """Bring a mask to a latent's size, batch and device.

    Args:
        mask: [h, w], [B, h, w] or [B, 1, h, w] of any size; resized bilinearly. A batch of another
            length is repeated or cut.
        latent: [B, C, h, w].

    Returns:
        [B, 1, h, w] float32.

    Raises:
        DiffusionError: The mask is not a picture, or empty.
    """
    if mask.ndim < 2 or mask.numel() == 0:
        raise DiffusionError(
            f"A noise mask has shape [B, h, w], but this one has {list(mask.shape)}: use a MASK."
        )
    planes = mask.reshape(-1, 1, *mask.shape[-2:]).to(latent.device, torch.float32)
    if planes.shape[-2:] != latent.shape[-2:]:
        planes = functional.interpolate(planes, size=latent.shape[-2:], mode="bilinear")
    batch = latent.shape[0]
    repeats = -(-batch // planes.shape[0])
    return planes.repeat(repeats, 1, 1, 1)[:batch]


@dataclass(frozen=True)
class Inpainting:
    """The part of a latent that stays.

    Attributes:
        mask: [B, 1, h, w], 1 where the picture is made anew.
        original: The latent to keep, in model units.
        noise: The noise it is seen with.
        parameterisation: How noise is mixed in.
    """

    mask: Tensor
    original: Tensor
    noise: Tensor
    parameterisation: Parameterisation

    def question(self, x: Tensor, sigma: float) -> Tensor:
        """What the model is shown."""
        kept = self.parameterisation.noised(self.original, self.noise, sigma)
        return torch.lerp(kept, x, self.mask)

    def answer(self, denoised: Tensor) -> Tensor:
        """What the sampler is told."""
        return torch.lerp(self.original, denoised, self.mask)
