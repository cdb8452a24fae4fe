"""ER-SDE: an extended reverse-time SDE whose noise is a free function of the level.

Reference: Cui, Zhang, Wang and others 2023, arXiv:2309.06169, algorithm 1 and eq. 20
(ER-SDE-Solver-3). l = sigma / alpha. The noise scale phi(l) is the paper's "ER SDE 5",
l (e^(l^0.3) + 10), or a power of l: l is the ODE, l² the usual reverse-time SDE.
"""

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling

FloatArray: TypeAlias = NDArray[np.float64]

# The paper sums the integrals of 1/phi over this many points.
_POINTS = 200


@dataclass(frozen=True)
class _Scale:
    """phi: l to this power, or the paper's."""

    power: float | None

    def __call__(self, levels: FloatArray) -> FloatArray:
        scaled: FloatArray = (
            levels * (np.exp(levels**0.3) + 10.0) if self.power is None else levels**self.power
        )
        return scaled

    def integrals(self, level: float, level_next: float) -> tuple[float, float]:
        """Integrals of 1/phi and of (l − level)/phi from level_next to level."""
        width = (level - level_next) / _POINTS
        places = level_next + np.arange(_POINTS, dtype=np.float64) * width
        inverse = 1.0 / self(places)
        return float(inverse.sum() * width), float(((places - level) * inverse).sum() * width)


def er_sde(
    x: Tensor,
    problem: Problem,
    *,
    power: float | None = None,
    max_stage: int = 3,
    s_noise: float = 1.0,
) -> Sampling:
    """One question a step.

    Args:
        x: Where the run starts.
        problem: Its levels and noise.
        power: The noise scale is l to this power; None for the paper's.
        max_stage: The highest order, 1 to 3.
        s_noise: Factor of the noise; 0 for the ODE.
    """
    problem = problem.with_finite_snr()
    scale_of = _Scale(power)
    levels = [sigma / problem.alpha(sigma) for sigma in problem.sigmas]
    previous: Tensor | None = None
    slope_before: Tensor | None = None
    for step, sigma, sigma_next in problem:
        denoised = (yield Question(x, sigma, step)).denoised
        if sigma_next == 0.0:
            x = denoised
            continue
        level, level_next = levels[step], levels[step + 1]
        scale, scale_next = scale_of(np.asarray([level, level_next])).tolist()
        alpha, alpha_next = problem.alpha(sigma), problem.alpha(sigma_next)
        keep = scale_next / scale
        x = x * (alpha_next / alpha * keep) + denoised * (alpha_next * (1.0 - keep))
        if previous is not None and max_stage > 1:
            whole, moment = scale_of.integrals(level, level_next)
            width = level_next - level
            slope = (denoised - previous) / (level - levels[step - 1])
            x = x + slope * (alpha_next * (width + whole * scale_next))
            if slope_before is not None and max_stage > 2:
                bend = (slope - slope_before) * (2.0 / (level - levels[step - 2]))
                x = x + bend * (alpha_next * (0.5 * width**2 + moment * scale_next))
            slope_before = slope
        if s_noise > 0.0:
            amount = math.sqrt(max(level_next**2 - (level * keep) ** 2, 0.0))
            x = x + problem.noise(sigma, sigma_next) * (alpha_next * amount * s_noise)
        previous = denoised
    return x
