"""ER-SDE: an extended reverse-time SDE whose noise is a free function of the level.

Reference: Cui, Zhang, Wang and others 2023, arXiv:2309.06169, algorithm 1 and eq. 20
(ER-SDE-Solver-3, noise scale "ER SDE 5": phi(l) = l (e^(l^0.3) + 10)). l = sigma / alpha.
"""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling

FloatArray: TypeAlias = NDArray[np.float64]

# The paper sums the integrals of 1/phi over this many points.
_POINTS = 200


def _scale(levels: FloatArray) -> FloatArray:
    scaled: FloatArray = levels * (np.exp(levels**0.3) + 10.0)
    return scaled


def _integrals(level: float, level_next: float) -> tuple[float, float]:
    """Integrals of 1/phi and of (l − level)/phi from level_next to level."""
    width = (level - level_next) / _POINTS
    places = level_next + np.arange(_POINTS, dtype=np.float64) * width
    inverse = 1.0 / _scale(places)
    return float(inverse.sum() * width), float(((places - level) * inverse).sum() * width)


def er_sde(x: Tensor, problem: Problem, *, s_noise: float = 1.0) -> Sampling:
    """Up to third order, one question a step."""
    problem = problem.with_finite_snr()
    levels = [sigma / problem.alpha(sigma) for sigma in problem.sigmas]
    previous: Tensor | None = None
    slope_before: Tensor | None = None
    for step, sigma, sigma_next in problem:
        denoised = (yield Question(x, sigma, step)).denoised
        if sigma_next == 0.0:
            x = denoised
            continue
        level, level_next = levels[step], levels[step + 1]
        scale, scale_next = _scale(np.asarray([level, level_next])).tolist()
        alpha, alpha_next = problem.alpha(sigma), problem.alpha(sigma_next)
        keep = scale_next / scale
        x = x * (alpha_next / alpha * keep) + denoised * (alpha_next * (1.0 - keep))
        if previous is not None:
            whole, moment = _integrals(level, level_next)
            width = level_next - level
            slope = (denoised - previous) / (level - levels[step - 1])
            x = x + slope * (alpha_next * (width + whole * scale_next))
            if slope_before is not None:
                bend = (slope - slope_before) * (2.0 / (level - levels[step - 2]))
                x = x + bend * (alpha_next * (0.5 * width**2 + moment * scale_next))
            slope_before = slope
        amount = math.sqrt(max(level_next**2 - (level * keep) ** 2, 0.0))
        x = x + problem.noise(sigma, sigma_next) * (alpha_next * amount * s_noise)
        previous = denoised
    return x
