"""Latent consistency sampling: believe the denoised picture, then add noise up to the next level.

Reference: Luo, Tan, Huang, Li and Zhao 2023, arXiv:2310.04378, algorithm 3.
"""

from torch import Tensor

from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling


def lcm(x: Tensor, problem: Problem) -> Sampling:
    """One question a step."""
    for step, sigma, sigma_next in problem:
        x = (yield Question(x, sigma, step)).denoised
        if sigma_next > 0.0:
            noise = problem.noise(sigma, sigma_next)
            x = x * problem.alpha(sigma_next) + noise * sigma_next
    return x
