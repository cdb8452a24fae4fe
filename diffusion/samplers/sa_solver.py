"""SA-Solver: stochastic Adams predictor and corrector on the denoised pictures.

Reference: Xue, Yi, Luo and others 2023, arXiv:2309.05019, eq. 14 to 17 and algorithm 1. tau (here 1
between a fifth and four fifths of the way, 0 elsewhere) sets how much noise each step replaces.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling

_PREDICTOR_ORDER, _CORRECTOR_ORDER = 3, 4


def adams_weights(
    knots: Sequence[float], start: float, end: float, tau: float, alpha: float
) -> list[float]:
    """Alpha · ∫ (1 + τ²) e^((1 + τ²)(λ − end)) L_j(λ) dλ from start to end, for each knot j.

    Args:
        knots: Lambdas of the pictures.
        start: Lambda the step starts from,
        end: and ends at.
        tau: How stochastic the step is.
        alpha: Weight of the picture at the end.
    """
    rate = 1.0 + tau**2
    moments = _moments(rate * (start - end), len(knots))
    weights = []
    for mine, knot in enumerate(knots):
        # The Lagrange polynomial in z = rate · (lambda − end).
        others = [rate * (other - end) for index, other in enumerate(knots) if index != mine]
        polynomial = np.polynomial.polynomial.polyfromroots(others)
        scale = math.prod(rate * (knot - end) - other for other in others)
        weights.append(alpha * float(polynomial @ moments[: len(polynomial)]) / scale)
    return weights


def _moments(low: float, count: int) -> list[float]:
    """∫ e^z z^k dz from low to 0 for k below count, by parts."""
    moments = [-math.expm1(low)]
    for power in range(1, count):
        moments.append(-math.exp(low) * low**power - power * moments[-1])
    return moments


@dataclass(frozen=True)
class _Tau:
    """How stochastic a step to a level is."""

    high: float
    low: float

    def __call__(self, sigma: float) -> float:
        return 1.0 if self.low <= sigma <= self.high else 0.0


def _adams(
    x: Tensor, problem: Problem, pictures: Sequence[Tensor], start: int, newest: int, tau: float
) -> Tensor:
    """Go from level `start` to the next, given pictures at the levels up to `newest`."""
    sigma, sigma_next = problem.sigmas[start], problem.sigmas[start + 1]
    begin, end = problem.half_log_snr(sigma), problem.half_log_snr(sigma_next)
    levels = problem.sigmas[newest + 1 - len(pictures) : newest + 1]
    knots = [problem.half_log_snr(level) for level in levels]
    weights = adams_weights(knots, begin, end, tau, problem.alpha(sigma_next))
    x = x * (sigma_next / sigma * math.exp(-(tau**2) * (end - begin)))
    for picture, weight in zip(pictures, weights, strict=True):
        x = x + picture * weight
    return x


def _fresh_noise(problem: Problem, sigma: float, sigma_next: float, tau: float) -> Tensor | None:
    """What a step adds in noise; nothing when it is not stochastic."""
    if tau == 0.0:
        return None
    width = problem.half_log_snr(sigma_next) - problem.half_log_snr(sigma)
    amount = sigma_next * math.sqrt(-math.expm1(-2.0 * tau**2 * width))
    return problem.noise(sigma, sigma_next) * amount


def sa_solver(x: Tensor, problem: Problem, *, pece: bool = False) -> Sampling:
    """One question a step, two when `pece` asks again after each correction."""
    problem = problem.with_finite_snr()
    to_zero = problem.sigmas[-1] == 0.0
    tau_of = _Tau(problem.levels.sigma_at(0.2), problem.levels.sigma_at(0.8))
    pictures: deque[Tensor] = deque(maxlen=_CORRECTOR_ORDER)
    before, tau, noise = x, 0.0, None
    for step, sigma, sigma_next in problem:
        pictures.append((yield Question(x, sigma, step)).denoised)
        # Near zero noise high orders are not stable.
        left = problem.steps - step if to_zero else _CORRECTOR_ORDER + 1
        if step > 0 and (sigma_next > 0.0 or pece):
            known = list(pictures)[-min(_CORRECTOR_ORDER, left) :]
            x = _adams(before, problem, known, step - 1, step, tau)
            x = x if noise is None else x + noise
            if pece:
                pictures[-1] = (yield Question(x, sigma, step, inner=True)).denoised
        if sigma_next == 0.0:
            x = pictures[-1]
            continue
        before, tau = x, tau_of(sigma_next)
        known = list(pictures)[-min(_PREDICTOR_ORDER, left - 1) :]
        x = _adams(before, problem, known, step, step, tau)
        noise = _fresh_noise(problem, sigma, sigma_next, tau)
        x = x if noise is None else x + noise
    return x


def sa_solver_pece(x: Tensor, problem: Problem) -> Sampling:
    """Predict, evaluate, correct, evaluate."""
    return sa_solver(x, problem, pece=True)
