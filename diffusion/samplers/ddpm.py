"""DDPM: the posterior of the reverse chain, in the variance-preserving scale it was written for.

Reference: Ho, Jain and Abbeel 2020, arXiv:2006.11239, algorithm 2 and eq. 7.
"""

import math

from torch import Tensor

from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling


def ddpm(x: Tensor, problem: Problem) -> Sampling:
    """One question a step."""
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step)
        alpha_bar, alpha_bar_next = 1.0 / (1.0 + sigma**2), 1.0 / (1.0 + sigma_next**2)
        alpha = alpha_bar / alpha_bar_next
        noise = (x - answer.denoised) / sigma
        mean = x * math.sqrt(alpha_bar) - noise * ((1.0 - alpha) / math.sqrt(1.0 - alpha_bar))
        scaled = mean / math.sqrt(alpha)
        if sigma_next > 0.0:
            variance = (1.0 - alpha) * (1.0 - alpha_bar_next) / (1.0 - alpha_bar)
            scaled = scaled + problem.noise(sigma, sigma_next) * math.sqrt(variance)
        x = scaled / math.sqrt(alpha_bar_next)
    return x
