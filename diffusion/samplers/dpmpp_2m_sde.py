"""SDE-DPM-Solver++ multistep: second (2M) and third (3M) order on the reverse SDE.

References: Lu et al. 2022, arXiv:2211.01095, algorithm 2 and section 5; the third order form after
Lu et al. 2022, arXiv:2206.00927, appendix B, with differences over unequal steps. eta 0 is the ODE,
1 the SDE of the paper.
"""

import math
from collections.abc import Sequence
from typing import Literal

from torch import Tensor

from diffusion.samplers.exponential import phi
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling

Correction = Literal["midpoint", "heun"]


def _first_order(
    x: Tensor, denoised: Tensor, problem: Problem, sigma: float, sigma_next: float, eta: float
) -> tuple[Tensor, float, float]:
    """The exponential Euler step, with the step's length in lambda and the same times 1 + eta."""
    width = problem.half_log_snr(sigma_next) - problem.half_log_snr(sigma)
    stretched = width * (1.0 + eta)
    keep = sigma_next / sigma * math.exp(-width * eta)
    pull = -problem.alpha(sigma_next) * math.expm1(-stretched)
    return x * keep + denoised * pull, width, stretched


def _add_noise(
    x: Tensor,
    problem: Problem,
    sigma: float,
    sigma_next: float,
    *,
    width: float,
    eta: float,
    s_noise: float,
) -> Tensor:
    amount = sigma_next * math.sqrt(-math.expm1(-2.0 * width * eta)) * s_noise
    return x + problem.noise(sigma, sigma_next) * amount if amount > 0.0 else x


def dpmpp_2m_sde(
    x: Tensor,
    problem: Problem,
    *,
    eta: float = 1.0,
    s_noise: float = 1.0,
    correction: Correction = "midpoint",
) -> Sampling:
    """Second order; the first step is first order."""
    problem = problem.with_finite_snr()
    previous: Tensor | None = None
    width_before = 0.0
    for step, sigma, sigma_next in problem:
        denoised = (yield Question(x, sigma, step)).denoised
        if sigma_next == 0.0:
            x = denoised
            continue
        x, width, stretched = _first_order(x, denoised, problem, sigma, sigma_next, eta)
        if previous is not None:
            if correction == "heun":
                weight = stretched * phi(2, -stretched)
            else:
                weight = -0.5 * math.expm1(-stretched)
            weight *= problem.alpha(sigma_next) * width / width_before
            x = x + (denoised - previous) * weight
        x = _add_noise(x, problem, sigma, sigma_next, width=width, eta=eta, s_noise=s_noise)
        previous, width_before = denoised, width
    return x


def dpmpp_2m_sde_heun(x: Tensor, problem: Problem) -> Sampling:
    """`dpmpp_2m_sde` with the exact integral of the linear term."""
    return dpmpp_2m_sde(x, problem, correction="heun")


def dpmpp_3m_sde(
    x: Tensor, problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0
) -> Sampling:
    """Third order; the first two steps are first and second order."""
    problem = problem.with_finite_snr()
    pictures: list[Tensor] = []
    widths: list[float] = []
    for step, sigma, sigma_next in problem:
        denoised = (yield Question(x, sigma, step)).denoised
        if sigma_next == 0.0:
            x = denoised
            continue
        x, width, stretched = _first_order(x, denoised, problem, sigma, sigma_next, eta)
        pictures = [denoised, *pictures[:2]]
        alpha = problem.alpha(sigma_next)
        for index, derivative in enumerate(_derivatives(pictures, widths, width), start=1):
            x = x + derivative * (alpha * stretched * phi(index + 1, -stretched))
        x = _add_noise(x, problem, sigma, sigma_next, width=width, eta=eta, s_noise=s_noise)
        widths = [width, *widths[:1]]
    return x


def _derivatives(pictures: Sequence[Tensor], widths: Sequence[float], width: float) -> list[Tensor]:
    """First and second derivative of the picture in units of this step, as far as there is history.

    Args:
        pictures: The last up to three, newest first.
        widths: The steps between them in lambda, newest first.
        width: This step.
    """
    if len(pictures) < 2:
        return []
    r0 = widths[0] / width
    slope = (pictures[0] - pictures[1]) / r0
    if len(pictures) < 3:
        return [slope]
    r1 = widths[1] / width
    older = (pictures[1] - pictures[2]) / r1
    bend = (slope - older) / (r0 + r1)
    return [slope + bend * r0, bend]
