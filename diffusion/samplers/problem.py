"""What a sampler is given besides the latent it starts from.

Letters, as in the papers: sigma is the noise level, alpha the weight of the picture in x (1, or 1 −
sigma for flow models), lambda = ln(alpha / sigma) half the log of the signal-to-noise ratio. Lambda
and what is made of it is rounded to float32, as in the programs that people's pictures come from:
SDE noise is looked up by the exact level, and a discrete model's timestep is the nearest one, so
that other rounding may show.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import torch
from torch import Tensor


class StepNoise(Protocol):
    """Fresh noise of unit variance for the way from one level down to another."""

    def __call__(self, sigma: float, sigma_next: float) -> Tensor:
        """Noise in the shape of the latent, on its device."""
        ...


class Levels(Protocol):
    """The part of a model's noise levels that samplers look at."""

    def sigma_at(self, fraction: float) -> float:
        """The noise level after a fraction (0..1) of the way from pure noise to the picture."""
        ...


@dataclass(frozen=True)
class Problem:
    """The levels to visit, the noise to use, and the kind of mixture x is.

    Attributes:
        sigmas: The levels, falling; two at least. The last is 0 unless the run stops early.
        noise: Where stochastic samplers take their noise from.
        levels: The model's noise levels.
        flow: Whether x = (1 − sigma)·picture + sigma·noise rather than picture + sigma·noise.
    """

    sigmas: tuple[float, ...]
    noise: StepNoise
    levels: Levels
    flow: bool = False

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return len(self.sigmas) - 1

    def __iter__(self) -> Iterator[tuple[int, float, float]]:
        """Go through (index, sigma, next sigma) of every step."""
        for index in range(self.steps):
            yield index, self.sigmas[index], self.sigmas[index + 1]

    def alpha(self, sigma: float) -> float:
        """The weight of the picture in x."""
        return 1.0 - sigma if self.flow else 1.0

    def half_log_snr(self, sigma: float) -> float:
        """Lambda of a level above 0 (and below 1, for flow models)."""
        return _half_log_snr(sigma, flow=self.flow)

    def sigma_of(self, half_log_snr: float) -> float:
        """The level with this lambda."""
        return _sigma_of(half_log_snr, flow=self.flow)

    def with_finite_snr(self) -> "Problem":
        """The same problem for samplers that count in lambda.

        A flow model's pure noise has no picture in it and lambda −∞; it is moved down by a
        ten-thousandth of the way.
        """
        if not self.flow or self.sigmas[0] < 1.0:
            return self
        return replace(self, sigmas=(self.levels.sigma_at(1e-4), *self.sigmas[1:]))


@lru_cache
def _half_log_snr(sigma: float, *, flow: bool) -> float:
    """In float32, as the published samplers count; a step asks for the same levels many times."""
    level = torch.tensor(sigma)
    return float(-(level.logit() if flow else level.log()))


@lru_cache
def _sigma_of(half_log_snr: float, *, flow: bool) -> float:
    place = torch.tensor(-half_log_snr)
    return float(place.sigmoid() if flow else place.exp())
