"""Noise levels of models that were distilled or trained to count them in another way."""

import math
from dataclasses import dataclass
from functools import cached_property

from diffusion.noise_levels import ContinuousLevels, DiscreteLevels, FloatArray


@dataclass(frozen=True)
class DistilledLevels(DiscreteLevels):
    """Every so manyth level of a list, the last among them, as consistency distillation sees it.

    Timesteps are still those of the whole list (Luo et al. 2023, arXiv:2310.04378).

    Attributes:
        every: Timesteps from one level to the next.
    """

    every: int = 20

    @cached_property
    def _exact_table(self) -> FloatArray:
        whole = DiscreteLevels(self.betas, self.zero_terminal_snr)
        return whole._exact_table[self.every - 1 :: self.every]  # noqa: SLF001 - of its own kind

    def sigma(self, timestep: float) -> float:
        """The noise level at a timestep of the whole list."""
        return super().sigma((timestep - (self.every - 1)) / self.every)

    def timestep(self, sigma: float) -> float:
        """The timestep, in the whole list, of the level nearest to sigma in log space."""
        return super().timestep(sigma) * self.every + (self.every - 1)


@dataclass(frozen=True)
class AngleLevels(ContinuousLevels):
    """Any level between two ends, t = atan(sigma) · 2/π.

    Reference: Salimans and Ho 2022, arXiv:2202.00512, appendix D.
    """

    def sigma(self, timestep: float) -> float:
        """The noise level at an angle; 1 is a right angle."""
        return math.tan(timestep * math.pi / 2.0)

    def timestep(self, sigma: float) -> float:
        """The angle whose tangent sigma is, in right angles."""
        return math.atan(sigma) * 2.0 / math.pi
