"""Inpainting: what is kept from the original latent, at every question and answer.

A mask is 1 where the picture is made anew, 0 where it is kept, and anything between.
Before each model call the kept part is replaced by the original at the current noise level;
afterwards the denoised answer's kept part is the original itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

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


class MaskOverTime(Protocol):
    """How a mask changes while a picture is made."""

    def __call__(
        self, mask: Tensor, sigma: float, sigmas: Sequence[float], space: Parameterisation, /
    ) -> Tensor:
        """The mask at a noise level.

        Args:
            mask: The run's own, [B, 1, h, w].
            sigma: The noise level.
            sigmas: All that the run visits, falling.
            space: The model's.
        """
        ...


@dataclass(frozen=True)
class Differential:
    """Paint each place from the step on at which its mask's value is reached.

    The noise level, counted in the model's timesteps from 1 at the run's first down to 0 at its
    last, is the threshold.

    Reference: Levin and Fried 2023, arXiv:2306.00950, algorithm 1.

    Attributes:
        strength: Of the thresholded mask in a mix with the mask as it is.
    """

    strength: float = 1.0

    def __call__(
        self, mask: Tensor, sigma: float, sigmas: Sequence[float], space: Parameterisation, /
    ) -> Tensor:
        """The mask at a noise level."""
        first, last = space.timestep(sigmas[0]), space.timestep(max(sigmas[-1], space.sigma_min))
        threshold = (space.timestep(sigma) - last) / (first - last) if first != last else 0.0
        return torch.lerp(mask, (mask >= threshold).to(mask), self.strength)


@dataclass(frozen=True)
class Inpainting:
    """The part of a latent that stays.

    Attributes:
        mask: [B, 1, h, w], 1 where the picture is made anew.
        original: The latent to keep, in model units.
        noise: The noise it is seen with.
        parameterisation: How noise is mixed in.
        sigmas: The noise levels of the run.
        over_time: How the mask changes, if it does.
    """

    mask: Tensor
    original: Tensor
    noise: Tensor
    parameterisation: Parameterisation
    sigmas: tuple[float, ...] = ()
    over_time: MaskOverTime | None = None

    def question(self, x: Tensor, sigma: float) -> Tensor:
        """What the model is shown."""
        kept = self.parameterisation.noised(self.original, self.noise, sigma)
        return torch.lerp(kept, x, self.mask_at(sigma))

    def answer(self, denoised: Tensor, sigma: float) -> Tensor:
        """What the sampler is told."""
        return torch.lerp(self.original, denoised, self.mask_at(sigma))

    def mask_at(self, sigma: float) -> Tensor:
        """The mask at a noise level."""
        if self.over_time is None:
            return self.mask
        return self.over_time(self.mask, sigma, self.sigmas, self.parameterisation)
