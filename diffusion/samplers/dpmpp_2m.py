"""DPM-Solver++(2M): second order multistep on the denoised pictures.

Reference: Lu, Zhou, Bao, Chen, Li and Zhu 2022, arXiv:2211.01095, algorithm 2. Time is −ln sigma,
half the log of the signal-to-noise ratio of variance-exploding levels; flow models are sampled with
the same time.
"""

import math

from torch import Tensor

from diffusion.samplers.euler_cfg_pp import unconditional_of
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling


def dpmpp_2m(x: Tensor, problem: Problem) -> Sampling:
    """Second order, one question a step; the first step and the step to zero are first order."""
    previous: Tensor | None = None
    width_before = 0.0
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step)
        denoised = answer.denoised
        if sigma_next == 0.0:
            x = denoised
            continue
        width = math.log(sigma / sigma_next)
        picture = denoised
        if previous is not None:
            picture = denoised + (denoised - previous) * (0.5 * width / width_before)
        x = picture + (x - picture) * (sigma_next / sigma)
        previous, width_before = denoised, width
    return x


def dpmpp_2m_cfg_pp(x: Tensor, problem: Problem) -> Sampling:
    """The CFG++ form: history and noise are the unconditional answer's.

    Reference: Chung et al. 2024, arXiv:2406.08070, section 4 and appendix on higher order solvers.
    """
    previous: Tensor | None = None
    width_before = 0.0
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step, unconditional=True)
        denoised, unconditional = answer.denoised, unconditional_of(answer)
        if sigma_next == 0.0:
            x = denoised
            continue
        width = math.log(sigma / sigma_next)
        keep = sigma_next / sigma
        x = denoised + (x - unconditional) * keep
        if previous is not None:
            x = x + (denoised - previous) * (0.5 * (1.0 - keep) * width / width_before)
        previous, width_before = unconditional, width
    return x
