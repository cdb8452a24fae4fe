"""iPNDM: Adams and Bashforth's formulas on the slopes, without a warm-up.

References: Zhang and Chen 2022, arXiv:2204.13902 (DEIS), section 4 and appendix; classical
coefficients from Hairer, Nørsett and Wanner 1993, section III.1; variable steps section III.5.
"""

from collections import deque

from torch import Tensor

from diffusion.samplers.lms import integrated_lagrange
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
        for slope, weight in zip(
            slopes, integrated_lagrange(knots, sigma, sigma_next), strict=True
        ):
            x = x + slope * weight
    return x
