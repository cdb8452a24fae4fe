"""DPM-2: the midpoint method, its midpoint in the middle of the step's log sigma.

References: Karras et al. 2022, arXiv:2206.00364, table 1 and appendix C (deterministic second order
steps); Lu, Zhou, Bao, Chen, Li and Zhu 2022, arXiv:2206.00927, algorithm 1 (DPM-Solver-2).
"""

import torch
from torch import Tensor

from diffusion.samplers.ancestral import renoised, step_levels
from diffusion.samplers.euler import euler_step
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling


def _middle(sigma: float, down: float) -> float:
    """The geometric mean; float32, since the timestep is the one nearest to it."""
    return float(torch.tensor([sigma, down]).log().mean().exp())


def dpm_2(x: Tensor, problem: Problem) -> Sampling:
    """Second order, two questions a step; the step to zero is Euler's."""
    return dpm_2_ancestral(x, problem, eta=0.0)


def dpm_2_ancestral(
    x: Tensor, problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0
) -> Sampling:
    """The same down to an ancestral step's lower level, then noise."""
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step)
        down, rescale, up = step_levels(problem, sigma, sigma_next, eta)
        if down == 0.0:
            x = euler_step(x, answer.denoised, sigma, down)
        else:
            middle = _middle(sigma, down)
            halfway = euler_step(x, answer.denoised, sigma, middle)
            inner = yield Question(halfway, middle, step, inner=True)
            x = x + (halfway - inner.denoised) * ((down - sigma) / middle)
        x = renoised(x, problem, sigma, sigma_next, rescale=rescale, up=up * s_noise)
    return x
