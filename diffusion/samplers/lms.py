"""Linear multistep: Adams and Bashforth's method on steps of unequal length.

The slopes of the last steps are joined by a polynomial in sigma, which is integrated exactly over
the step. Reference: Hairer, Nørsett and Wanner 1993, Solving Ordinary Differential Equations I,
section III.5.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np
from torch import Tensor

from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling


def integrated_lagrange(knots: Sequence[float], start: float, end: float) -> list[float]:
    """Integrals from start to end of the Lagrange basis on the knots.

    n Gauss points are exact for polynomials up to degree 2n − 1; four do for eight knots.
    """
    nodes, weights = np.polynomial.legendre.leggauss(max(4, -(-len(knots) // 2)))
    half = 0.5 * (end - start)
    places = half * nodes + 0.5 * (end + start)
    integrals = []
    for mine in knots:
        basis = np.ones_like(places)
        for other in knots:
            if other != mine:
                basis *= (places - other) / (mine - other)
        integrals.append(float(half * (basis @ weights)))
    return integrals


def lms(x: Tensor, problem: Problem, *, order: int = 4) -> Sampling:
    """Of up to this order, one question a step."""
    knots: deque[float] = deque(maxlen=order)
    slopes: deque[Tensor] = deque(maxlen=order)
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step)
        knots.append(sigma)
        slopes.append((x - answer.denoised) / sigma)
        if sigma_next == 0.0:
            x = answer.denoised
            continue
        for slope, weight in zip(
            slopes, integrated_lagrange(knots, sigma, sigma_next), strict=True
        ):
            x = x + slope * weight
    return x
