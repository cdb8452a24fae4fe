"""Gradient estimation: the slope is pushed on by how much it changed since the last step.

Reference: Permenter and Yuan 2023, arXiv:2306.04848, algorithm 2 (gamma = 2).
"""

from torch import Tensor

from diffusion.samplers.euler_cfg_pp import unconditional_of
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling


def gradient_estimation(
    x: Tensor, problem: Problem, *, gamma: float = 2.0, cfg_pp: bool = False
) -> Sampling:
    """One question a step."""
    previous: Tensor | None = None
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step, unconditional=cfg_pp)
        picture = unconditional_of(answer) if cfg_pp else answer.denoised
        slope = (x - picture) / sigma
        if sigma_next == 0.0:
            x = answer.denoised
            continue
        width = sigma_next - sigma
        x = answer.denoised + slope * sigma_next if cfg_pp else x + slope * width
        if previous is not None:
            x = x + (slope - previous) * ((gamma - 1.0) * width)
        previous = slope
    return x


def gradient_estimation_cfg_pp(x: Tensor, problem: Problem) -> Sampling:
    """The CFG++ form (Chung et al. 2024, arXiv:2406.08070): slopes of the unconditional answer."""
    return gradient_estimation(x, problem, cfg_pp=True)
