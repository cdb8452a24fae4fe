"""iPNDM: Adams and Bashforth's formulas on the slopes, without a warm-up.

References: Zhang and Chen 2022, arXiv:2204.13902 (DEIS), section 4 and appendix; classical
coefficients from Hairer, Nørsett and Wanner 1993, section III.1; variable steps section III.5.
"""

from collections import deque
from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor

from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling

ADAMS_BASHFORTH = (
    (1.0,),
    (3 / 2, -1 / 2),
    (23 / 12, -16 / 12, 5 / 12),
    (55 / 24, -59 / 24, 37 / 24, -9 / 24),
)


def ipndm(x: Tensor, problem: Problem, *, order: int = 4) -> Sampling:
    """Up to fourth order for equal steps, one question a step; the weights ignore unequal ones."""
    slopes: deque[Tensor] = deque(maxlen=order)
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step)
        slopes.appendleft((x - answer.denoised) / sigma)
        if sigma_next == 0.0:
            x = answer.denoised
            continue
        for slope, weight in zip(slopes, ADAMS_BASHFORTH[len(slopes) - 1], strict=True):
            x = x + slope * (weight * (sigma_next - sigma))
    return x


def _weights(knots: Sequence[float], sigma_next: float) -> list[float]:
    """Newton's form of the integrated polynomial through the slopes at the knots, newest first.

    Third and fourth order are as the authors' program has them (diff-sampler, Zhou et al. 2023):
    equal to the exact integrals for equal steps at third order, near them otherwise.
    """
    h = sigma_next - knots[0]
    gaps = [newer - older for newer, older in pairwise(knots)]
    if not gaps:
        return [1.0]
    r1 = h / gaps[0]
    weights = [1.0 + r1 / 2.0, -r1 / 2.0]
    if len(gaps) > 1:
        r2 = gaps[0] / gaps[1]
        two, three = gaps[0] + gaps[1], h + gaps[0]
        term = (1.0 - h / (3.0 * three) * (h * three) / (gaps[0] * two)) / 2.0
        weights = [weights[0] + term, weights[1] - (1.0 + r2) * term, term * r2]
    if len(gaps) > 2:
        weights = _fourth(weights, h, gaps)
    return weights


def _fourth(weights: Sequence[float], h: float, gaps: Sequence[float]) -> list[float]:
    """Add the fourth slope's share."""
    a, b, c = gaps
    share = (1.0 - h / (3.0 * (h + a))) / 2.0
    share += (1.0 - h / (2.0 * (h + a))) * h / (6.0 * (h + a + b))
    term = share * h * (h + a) * (h + a + b) / (a * (a + b) * (a + b + c))
    r2, q = a / b, a * (a + b) / (b * (b + c))
    spread = (1.0, -(1.0 + r2 + q), r2 + q * (1.0 + b / c), -q * r2)
    return [weight + term * part for weight, part in zip((*weights, 0.0), spread, strict=True)]


def ipndm_v(x: Tensor, problem: Problem, *, order: int = 4) -> Sampling:
    """The same with weights for unequal steps."""
    slopes: deque[Tensor] = deque(maxlen=order)
    knots: deque[float] = deque(maxlen=order)
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step)
        slopes.appendleft((x - answer.denoised) / sigma)
        knots.appendleft(sigma)
        if sigma_next == 0.0:
            x = answer.denoised
            continue
        for slope, weight in zip(slopes, _weights(list(knots), sigma_next), strict=True):
            x = x + slope * (weight * (sigma_next - sigma))
    return x
