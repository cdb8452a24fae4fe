"""Euler's method on the probability flow ODE dx/dsigma = (x − denoised) / sigma.

References: Karras, Aittala, Aila and Laine 2022, arXiv:2206.00364, algorithm 2 without churn; the
same steps are DDIM's with eta 0 (Song, Meng and Ermon 2020, arXiv:2010.02502, eq. 13).
"""

from torch import Tensor

from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling


def euler_step(x: Tensor, denoised: Tensor, sigma: float, sigma_next: float) -> Tensor:
    """Go from sigma to sigma_next along the line through x and the denoised picture."""
    return denoised + (x - denoised) * (sigma_next / sigma)


def euler(x: Tensor, problem: Problem) -> Sampling:
    """First order, one question a step."""
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step)
        x = euler_step(x, answer.denoised, sigma, sigma_next)
    return x
