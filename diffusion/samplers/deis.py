"""DEIS: the slopes are extrapolated by a polynomial in the diffusion's own time.

Reference: Zhang and Chen 2022, arXiv:2204.13902, eq. 14 and 15 (tAB-DEIS). The weights are
integrals over sigma of the Lagrange basis in the time t of a variance-preserving diffusion with
linear beta(t); its two constants are fixed by t(0.002) = 0.001 and t(80) = 1, as in Karras et al.
2022, appendix C.
"""

import math
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling

_T_MIN, _SIGMA_MIN, _SIGMA_MAX = 1e-3, 0.002, 80.0
_AT_MIN, _AT_MAX = math.log1p(_SIGMA_MIN**2), math.log1p(_SIGMA_MAX**2)
_BETA_D = 2.0 * (_AT_MIN / _T_MIN - _AT_MAX) / (_T_MIN - 1.0)
_BETA_MIN = _AT_MAX - 0.5 * _BETA_D
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)

FloatArray = NDArray[np.float64]


def _time(sigma: FloatArray) -> FloatArray:
    """The time at which the diffusion has this noise level."""
    return (np.sqrt(_BETA_MIN**2 + 2.0 * _BETA_D * np.log1p(sigma**2)) - _BETA_MIN) / _BETA_D


def deis_weights(knots: Sequence[float], sigma: float, sigma_next: float) -> list[float]:
    """Integrals from sigma to sigma_next of the Lagrange basis in t on the knots (noise levels)."""
    half = 0.5 * (sigma_next - sigma)
    times = _time(half * _NODES + 0.5 * (sigma_next + sigma))
    at = _time(np.asarray(knots))
    weights = []
    for mine in range(len(knots)):
        others = np.delete(at, mine)
        basis = np.prod((times[:, None] - others) / (at[mine] - others), axis=1)
        weights.append(float(half * (basis @ _WEIGHTS)))
    return weights


def deis(x: Tensor, problem: Problem, *, order: int = 3) -> Sampling:
    """Up to third order, one question a step."""
    slopes: deque[Tensor] = deque(maxlen=order)
    knots: deque[float] = deque(maxlen=order)
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step)
        slopes.appendleft((x - answer.denoised) / sigma)
        knots.appendleft(sigma)
        if sigma_next == 0.0:
            x = answer.denoised
            continue
        for slope, weight in zip(slopes, deis_weights(knots, sigma, sigma_next), strict=True):
            x = x + slope * weight
    return x
