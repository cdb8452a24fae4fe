"""Which noise levels a model was trained on, and how it counts them.

A noise level is sigma: the standard deviation of the noise over the weight of the picture
(variance-exploding view, Karras et al. 2022, arXiv:2206.00364) or, for flow models, the share of
noise in the mix (0..1). Models do not take sigma but a timestep t in their own units; every class
here converts both ways, and lists the levels in a rising table from which the schedules choose.
Levels are Python floats with float32 values, computed in float32 on purpose: the noise of SDE
samplers is looked up by the exact sigma, so other rounding would make other pictures.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]

_LEAST_ALPHA_BAR = 4.8973451890853435e-08


class NoiseLevels(Protocol):
    """What schedules and models need to know about the noise levels of a family."""

    @property
    def table(self) -> Sequence[float]:
        """The levels the schedules choose from, rising, all positive."""
        ...

    def sigma(self, timestep: float) -> float:
        """The noise level at a timestep in the model's units."""
        ...

    def timestep(self, sigma: float) -> float:
        """The timestep, in the model's units, for a noise level."""
        ...

    def sigma_at(self, fraction: float) -> float:
        """The noise level after a fraction (0..1) of the way from pure noise to the picture."""
        ...


def _float32(values: Sequence[float] | FloatArray) -> tuple[float, ...]:
    """Round to float32, as the tables of published models are stored."""
    return tuple(float(value) for value in np.asarray(values, dtype=np.float32))


def scaled_linear_betas(
    start: float = 0.00085, end: float = 0.012, count: int = 1000
) -> tuple[float, ...]:
    """Stable Diffusion's betas, linear in their root (Rombach et al. 2022, arXiv:2112.10752)."""
    return tuple((np.linspace(math.sqrt(start), math.sqrt(end), count) ** 2).tolist())


def linear_betas(start: float = 1e-4, end: float = 0.02, count: int = 1000) -> tuple[float, ...]:
    """The betas of DDPM (Ho et al. 2020, arXiv:2006.11239, section 4)."""
    return tuple(np.linspace(start, end, count).tolist())


@dataclass(frozen=True)
class DiscreteLevels:
    """The levels of a model trained on a finite list of betas.

    Timesteps are indices, 0 the least noise. Between two indices the logarithm of sigma is
    interpolated; a sigma between two entries is given the index of the nearer one in log space,
    since such models are trained on whole timesteps only.

    Attributes:
        betas: How much noise each timestep adds, the first adding to the picture itself.
        zero_terminal_snr: Whether the last level is stretched to pure noise (Lin et al. 2023,
            arXiv:2305.08891, algorithm 1).
    """

    betas: tuple[float, ...]
    zero_terminal_snr: bool = False

    @cached_property
    def table(self) -> tuple[float, ...]:
        """sigma² = (1 − ᾱ) / ᾱ (Karras et al. 2022, table 1), float32 values."""
        return _float32(self._exact_table)

    @cached_property
    def _log_table(self) -> tuple[float, ...]:
        return _float32(np.log(self._exact_table))

    @cached_property
    def _exact_table(self) -> FloatArray:
        alpha_bar = np.cumprod(1.0 - np.asarray(self.betas), dtype=np.float64)
        if self.zero_terminal_snr:
            alpha_bar = _stretched(alpha_bar)
        return np.sqrt((1.0 - alpha_bar) / alpha_bar)

    def sigma(self, timestep: float) -> float:
        """The noise level at a (fractional) index, clamped to the table."""
        last = len(self.table) - 1
        place = min(max(float(timestep), 0.0), float(last))
        low = int(place)
        share = torch.tensor(place - low)
        below, above = self._log_table[low], self._log_table[min(low + 1, last)]
        return float(((1.0 - share) * below + share * above).exp())

    def timestep(self, sigma: float) -> float:
        """The index of the entry nearest to sigma in log space."""
        if sigma <= 0.0:
            return 0.0
        wanted = math.log(sigma)
        right = bisect_left(self._log_table, wanted)
        if right == 0:
            return 0.0
        if right == len(self._log_table):
            return float(right - 1)
        nearer_left = wanted - self._log_table[right - 1] <= self._log_table[right] - wanted
        return float(right - 1 if nearer_left else right)

    def sigma_at(self, fraction: float) -> float:
        """Level after a fraction of the timesteps; beyond either end nothing is left out."""
        if fraction <= 0.0:
            return math.inf
        if fraction >= 1.0:
            return 0.0
        return self.sigma((1.0 - fraction) * (len(self.betas) - 1))


def _stretched(alpha_bar: FloatArray) -> FloatArray:
    """Shift and scale √ᾱ so that the first stays and the last is all but zero."""
    root = np.sqrt(alpha_bar)
    stretched = (root - root[-1]) * (root[0] / (root[0] - root[-1]))
    # Zero would be an infinite sigma; models of this kind are published with this instead.
    return np.append(stretched[:-1] ** 2, _LEAST_ALPHA_BAR)


@dataclass(frozen=True)
class ContinuousLevels:
    """Any level between two ends, t = ln(sigma) / 4 (EDM: Karras et al. 2022, table 1)."""

    sigma_min: float = 0.002
    sigma_max: float = 120.0
    count: int = 1000

    @cached_property
    def table(self) -> tuple[float, ...]:
        """`count` levels with equal ratios."""
        ends = math.log(self.sigma_min), math.log(self.sigma_max)
        return _float32(np.exp(np.linspace(*ends, self.count)))

    def sigma(self, timestep: float) -> float:
        """The noise level at t = ln(sigma) / 4."""
        return math.exp(4.0 * timestep)

    def timestep(self, sigma: float) -> float:
        """c_noise of EDM, ln(sigma) / 4."""
        return math.log(max(sigma, 1e-20)) / 4.0

    def sigma_at(self, fraction: float) -> float:
        """Level after a fraction of the way, in equal ratios."""
        if fraction <= 0.0:
            return math.inf
        if fraction >= 1.0:
            return 0.0
        low, high = math.log(self.sigma_min), math.log(self.sigma_max)
        return math.exp(high + fraction * (low - high))


@dataclass(frozen=True)
class ShiftedFlowLevels:
    """Rectified flow, shifted as in SD 3 (Esser et al. 2024, arXiv:2403.03206, eq. 23)."""

    shift: float = 3.0
    multiplier: float = 1000.0
    count: int = 1000

    @cached_property
    def table(self) -> tuple[float, ...]:
        """`count` levels, evenly spaced before the shift; the last is 1, pure noise."""
        step = self.multiplier / self.count
        return _float32([self.sigma(step * index) for index in range(1, self.count + 1)])

    def sigma(self, timestep: float) -> float:
        """shift·t / (1 + (shift − 1)·t), t being the timestep over the multiplier."""
        place = np.float32(timestep / self.multiplier)
        shift, one = np.float32(self.shift), np.float32(1.0)
        return float(shift * place / (one + (shift - one) * place))

    def timestep(self, sigma: float) -> float:
        """Flow models are told sigma itself, times the multiplier."""
        return sigma * self.multiplier

    def sigma_at(self, fraction: float) -> float:
        """Level after a fraction of the unshifted way."""
        return _flow_sigma_at(self, fraction, self.multiplier)


@dataclass(frozen=True)
class ExponentialFlowLevels:
    """Rectified flow, shifted as in Flux: e^mu / (e^mu + 1/t − 1) (Black Forest Labs 2024)."""

    mu: float = 1.15
    count: int = 10000

    @cached_property
    def table(self) -> tuple[float, ...]:
        """`count` levels, evenly spaced before the shift; the last is 1, pure noise."""
        return _float32([self.sigma(index / self.count) for index in range(1, self.count + 1)])

    def sigma(self, timestep: float) -> float:
        """The shifted level at t in 0..1."""
        if timestep <= 0.0:
            return 0.0
        weight, one = np.float32(math.exp(self.mu)), np.float32(1.0)
        return float(weight * (one / (weight + (one / np.float32(timestep) - one))))

    def timestep(self, sigma: float) -> float:
        """Flux is told sigma itself."""
        return sigma

    def sigma_at(self, fraction: float) -> float:
        """Level after a fraction of the unshifted way."""
        return _flow_sigma_at(self, fraction, 1.0)


def _flow_sigma_at(levels: NoiseLevels, fraction: float, multiplier: float) -> float:
    if fraction <= 0.0:
        return 1.0
    if fraction >= 1.0:
        return 0.0
    return levels.sigma((1.0 - fraction) * multiplier)
