"""SA-Solver: stochastic Adams predictor and corrector on the denoised pictures.

Reference: Xue, Yi, Luo and others 2023, arXiv:2309.05019, eq. 14 to 17 and algorithm 1. tau (1
between a fifth and four fifths of the way, 0 elsewhere, unless told otherwise) sets how much noise
each step replaces.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling


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


def second_order_weights(
    knots: Sequence[float], start: float, end: float, tau: float, alpha: float
) -> list[float]:
    """The same for two knots, but for terms of higher order in the width (appendix D).

    The knots are the start and either a picture before it or the end.
    """
    rate, width = 1.0 + tau**2, end - start
    whole = -alpha * math.expm1(-rate * width)
    if knots[-1] == start:
        older = alpha * 0.5 * rate * width**2 / (knots[0] - start)
        return [older, whole - older]
    newer = alpha * 0.5 * rate * width
    return [whole - newer, newer]


@dataclass(frozen=True)
class _Tau:
    """How stochastic a step to a level is: eta between two levels, 0 elsewhere."""

    eta: float
    high: float
    low: float

    def __call__(self, sigma: float) -> float:
        return self.eta if self.low <= sigma <= self.high else 0.0


@dataclass(frozen=True)
class _Adams:
    """The steps of one run.

    Attributes:
        problem: The run's.
        simple: Whether second order steps use the simpler weights.
        s_noise: Factor of the noise.
    """

    problem: Problem
    simple: bool
    s_noise: float

    def step(
        self, x: Tensor, pictures: Sequence[Tensor], start: int, newest: int, tau: float
    ) -> Tensor:
        """Go from level `start` to the next, given pictures at the levels up to `newest`."""
        problem = self.problem
        sigma, sigma_next = problem.sigmas[start], problem.sigmas[start + 1]
        begin, end = problem.half_log_snr(sigma), problem.half_log_snr(sigma_next)
        levels = problem.sigmas[newest + 1 - len(pictures) : newest + 1]
        knots = [problem.half_log_snr(level) for level in levels]
        weigh = second_order_weights if self.simple and len(knots) == 2 else adams_weights
        weights = weigh(knots, begin, end, tau, problem.alpha(sigma_next))
        x = x * (sigma_next / sigma * math.exp(-(tau**2) * (end - begin)))
        for picture, weight in zip(pictures, weights, strict=True):
            x = x + picture * weight
        return x

    def noise(self, sigma: float, sigma_next: float, tau: float) -> Tensor | None:
        """What a step adds in noise; nothing when it is not stochastic."""
        if tau * self.s_noise == 0.0:
            return None
        problem = self.problem
        width = problem.half_log_snr(sigma_next) - problem.half_log_snr(sigma)
        amount = sigma_next * math.sqrt(-math.expm1(-2.0 * tau**2 * width)) * self.s_noise
        return problem.noise(sigma, sigma_next) * amount


def sa_solver(
    x: Tensor,
    problem: Problem,
    *,
    pece: bool = False,
    eta: float = 1.0,
    stochastic: tuple[float, float] | None = None,
    s_noise: float = 1.0,
    predictor_order: int = 3,
    corrector_order: int = 4,
    simple_order_2: bool = False,
) -> Sampling:
    """One question a step.

    Args:
        x: Where the run starts.
        problem: Its levels and noise.
        pece: Ask again after each correction.
        eta: tau of stochastic steps.
        stochastic: Highest and lowest level that steps are stochastic to; the middle three fifths
            of the way if None.
        s_noise: Factor of the noise.
        predictor_order: At least 1.
        corrector_order: 0 for no correction.
        simple_order_2: Second order steps leave out terms of higher order.
    """
    problem = problem.with_finite_snr()
    levels = problem.levels
    tau_of = _Tau(eta, *(stochastic or (levels.sigma_at(0.2), levels.sigma_at(0.8))))
    adams = _Adams(problem, simple_order_2, s_noise)
    highest = max(predictor_order, corrector_order)
    pictures: deque[Tensor] = deque(maxlen=highest)
    before, tau, noise = x, 0.0, None
    for step, sigma, sigma_next in problem:
        pictures.append((yield Question(x, sigma, step)).denoised)
        # Near zero noise high orders are not stable.
        left = problem.steps - step if problem.sigmas[-1] == 0.0 else highest + 1
        if step > 0 and corrector_order > 0 and (sigma_next > 0.0 or pece):
            known = list(pictures)[-min(corrector_order, left) :]
            x = adams.step(before, known, step - 1, step, tau)
            x = x if noise is None else x + noise
            if pece:
                pictures[-1] = (yield Question(x, sigma, step, inner=True)).denoised
        if sigma_next == 0.0:
            x = pictures[-1]
            continue
        before, tau = x, tau_of(sigma_next)
        known = list(pictures)[-min(predictor_order, left - 1) :]
        x = adams.step(x, known, step, step, tau)
        noise = adams.noise(sigma, sigma_next, tau)
        x = x if noise is None else x + noise
    return x


def sa_solver_pece(x: Tensor, problem: Problem) -> Sampling:
    """Predict, evaluate, correct, evaluate."""
    return sa_solver(x, problem, pece=True)
