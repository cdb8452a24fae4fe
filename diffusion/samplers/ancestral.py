"""Ancestral steps: go further down than asked, then add fresh noise up to the level asked for.

References: Song, Meng and Ermon 2020, arXiv:2010.02502, eq. 16 (eta); for variance-exploding levels
as Karras et al. 2022 write them, sigma_next² = down² + up².
"""

import math

import torch
from torch import Tensor

from diffusion.samplers.euler import euler_step
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling


def ancestral_levels(sigma: float, sigma_next: float, eta: float = 1.0) -> tuple[float, float]:
    """How far to go down and how much noise to add back, for variance-exploding levels."""
    if eta == 0.0:
        return sigma_next, 0.0
    high, low = torch.tensor(sigma), torch.tensor(sigma_next)
    up = torch.minimum(low, eta * (low**2 * (high**2 - low**2) / high**2).sqrt())
    # Float32: in a long step the difference cancels, and its rounding shows in published pictures.
    return float((low**2 - up**2).sqrt()), float(up)


def flow_ancestral_levels(
    sigma: float, sigma_next: float, eta: float = 1.0
) -> tuple[float, float, float]:
    """The same for flow models, where the picture's weight changes too.

    Returns:
        The level to go down to, the factor that restores the picture's weight at sigma_next, and
        the amount of noise that restores its level.
    """
    down = sigma_next * (1.0 + (sigma_next / sigma - 1.0) * eta)
    rescale = (1.0 - sigma_next) / (1.0 - down)
    return down, rescale, math.sqrt(max(sigma_next**2 - (down * rescale) ** 2, 0.0))


def renoised(
    x: Tensor, problem: Problem, sigma: float, sigma_next: float, *, rescale: float, up: float
) -> Tensor:
    """Add the noise that an ancestral step owes; none is drawn where none is owed."""
    if rescale != 1.0:
        x = x * rescale
    return x + problem.noise(sigma, sigma_next) * up if up > 0.0 else x


def step_levels(
    problem: Problem, sigma: float, sigma_next: float, eta: float
) -> tuple[float, float, float]:
    """(level to go down to, factor, noise) of an ancestral step of either kind."""
    if problem.flow:
        return flow_ancestral_levels(sigma, sigma_next, eta)
    down, up = ancestral_levels(sigma, sigma_next, eta)
    return down, 1.0, up


def euler_ancestral(
    x: Tensor, problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0
) -> Sampling:
    """Euler's method with ancestral noise, one question a step."""
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step)
        if sigma_next == 0.0:
            x = answer.denoised
            continue
        down, rescale, up = step_levels(problem, sigma, sigma_next, eta)
        x = euler_step(x, answer.denoised, sigma, down)
        x = renoised(x, problem, sigma, sigma_next, rescale=rescale, up=up * s_noise)
    return x
