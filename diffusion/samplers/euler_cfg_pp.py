"""CFG++: the picture follows the prompt, the noise that is put back does not.

Reference: Chung, Kim, Park, Nam and Ye 2024, arXiv:2406.08070, algorithm 1: the step back to the
next noise level uses the unconditional answer, which keeps guided samples on the data manifold.
"""

import math

from torch import Tensor

from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Answer, Question, Sampling


def unconditional_of(answer: Answer) -> Tensor:
    """The unconditional picture of an answer to a question that asked for it."""
    if answer.unconditional is None:
        raise TypeError("the question asked for the unconditional picture, the answer has none")
    return answer.unconditional


def euler_cfg_pp(x: Tensor, problem: Problem) -> Sampling:
    """Euler's method with the unconditional slope, one question a step."""
    return euler_ancestral_cfg_pp(x, problem, eta=0.0)


def euler_ancestral_cfg_pp(
    x: Tensor, problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0
) -> Sampling:
    """The same with ancestral noise."""
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step, unconditional=True)
        if sigma_next == 0.0:
            x = answer.denoised
            continue
        alpha, alpha_next = problem.alpha(sigma), problem.alpha(sigma_next)
        noise = (x - unconditional_of(answer) * alpha) / sigma
        level = sigma_next / alpha_next
        share = 1.0 - (level * alpha / sigma) ** 2
        up = min(level, eta * level * math.sqrt(max(share, 0.0)))
        down = math.sqrt(level**2 - up**2)
        x = answer.denoised * alpha_next + noise * (alpha_next * down)
        if up > 0.0:
            x = x + problem.noise(sigma, sigma_next) * (alpha_next * up * s_noise)
    return x
