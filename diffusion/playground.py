"""The units of Playground 2.5's latents, which are brought to one mean and deviation by channel.

Reference: Li et al. 2024, arXiv:2402.17245; the numbers are in the model's published configuration.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from diffusion.latents import LatentFormat

_MEANS = (-1.6574, 1.886, -1.383, 2.5155)
_DEVIATIONS = (8.4927, 5.9022, 6.5498, 5.2299)


@dataclass(frozen=True)
class NormalisedLatents(LatentFormat):
    """A latent space with a mean and a deviation for each channel.

    Into the model: (latent − mean) · scale / deviation.

    Attributes:
        means: Of each channel.
        deviations: Likewise.
    """

    means: tuple[float, ...] = ()
    deviations: tuple[float, ...] = ()

    def into_model(self, latent: Tensor) -> Tensor:
        """From LATENT units to model units."""
        return (
            (latent - _column(self.means, latent)) * self.scale / _column(self.deviations, latent)
        )

    def out_of_model(self, latent: Tensor) -> Tensor:
        """From model units to LATENT units."""
        return latent * _column(self.deviations, latent) / self.scale + _column(self.means, latent)


def _column(values: tuple[float, ...], like: Tensor) -> Tensor:
    return torch.tensor(values, dtype=like.dtype, device=like.device)[:, None, None]


PLAYGROUND_LATENTS = NormalisedLatents(
    channels=4, scale=0.5, name="Playground 2.5", means=_MEANS, deviations=_DEVIATIONS
)
