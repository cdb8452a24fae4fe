"""DPM-Solver++(2S) with ancestral noise: second order, single step, on the denoised pictures.

References: Lu et al. 2022, arXiv:2211.01095, algorithm 1; CFG++ form after Chung et al. 2024,
arXiv:2406.08070.
"""

import math

from torch import Tensor

from diffusion.samplers.ancestral import ancestral_levels, renoised, step_levels
from diffusion.samplers.euler import euler_step
from diffusion.samplers.euler_cfg_pp import unconditional_of
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling

# Where a flow model's first step has its midpoint: that of an infinite step in lambda has none.
_JUST_BELOW_PURE_NOISE = 0.9999


def _midpoint(problem: Problem, sigma: float, down: float) -> float:
    """The level in the middle of a step's lambda."""
    if problem.flow and sigma >= 1.0:
        return _JUST_BELOW_PURE_NOISE
    return problem.sigma_of(0.5 * (problem.half_log_snr(sigma) + problem.half_log_snr(down)))


def dpmpp_2s_ancestral(
    x: Tensor, problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0
) -> Sampling:
    """Two questions a step; the step to zero is Euler's."""
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step)
        down, rescale, up = step_levels(problem, sigma, sigma_next, eta)
        if down == 0.0:
            x = euler_step(x, answer.denoised, sigma, down)
        else:
            middle = _midpoint(problem, sigma, down)
            halfway = euler_step(x, answer.denoised, sigma, middle)
            inner = yield Question(halfway, middle, step, inner=True)
            x = euler_step(x, inner.denoised, sigma, down)
        x = renoised(x, problem, sigma, sigma_next, rescale=rescale, up=up * s_noise)
    return x


def dpmpp_2s_ancestral_cfg_pp(
    x: Tensor, problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0
) -> Sampling:
    """The noise that is kept is that of the unconditional answer; levels as for VE models.

    The second half of a step pairs the first conditional answer with the second unconditional one.
    That is not consistent (pictures vary a little too little), but it is how people know this
    sampler.
    """
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step, unconditional=True)
        down, up = ancestral_levels(sigma, sigma_next, eta)
        if down == 0.0:
            x = answer.denoised
        else:
            middle = math.sqrt(sigma * down)
            kept = x + (answer.denoised - unconditional_of(answer))
            halfway = euler_step(kept, answer.denoised, sigma, middle)
            inner = yield Question(halfway, middle, step, inner=True, unconditional=True)
            kept = x + (answer.denoised - unconditional_of(inner))
            x = euler_step(kept, inner.denoised, sigma, down)
        x = renoised(x, problem, sigma, sigma_next, rescale=1.0, up=up * s_noise)
    return x
