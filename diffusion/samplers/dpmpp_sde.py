"""DPM-Solver++ (SDE): second order, single step, on the reverse SDE.

References: Lu et al. 2022, arXiv:2211.01095, section 5 (SDE-DPM-Solver++) and algorithm 1; noise
from a Brownian path.
"""

from torch import Tensor

from diffusion.samplers.ancestral import ancestral_levels
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling


def _sde_step(
    x: Tensor,
    picture: Tensor,
    problem: Problem,
    sigma: float,
    sigma_next: float,
    *,
    eta: float,
    s_noise: float,
) -> Tensor:
    """First order step of the SDE towards a picture."""
    alpha, alpha_next = problem.alpha(sigma), problem.alpha(sigma_next)
    level, level_next = sigma / alpha, sigma_next / alpha_next
    down, up = ancestral_levels(level, level_next, eta)
    x = x * (alpha_next / alpha * down / level) + picture * (alpha_next * (1.0 - down / level))
    if up > 0.0:
        x = x + problem.noise(sigma, sigma_next) * (alpha_next * up * s_noise)
    return x


def dpmpp_sde(
    x: Tensor, problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0, r: float = 0.5
) -> Sampling:
    """Two questions a step, the second at the share r of the step in lambda."""
    problem = problem.with_finite_snr()
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step)
        if sigma_next == 0.0:
            x = answer.denoised
            continue
        start, end = problem.half_log_snr(sigma), problem.half_log_snr(sigma_next)
        middle = problem.sigma_of(start + r * (end - start))
        halfway = _sde_step(x, answer.denoised, problem, sigma, middle, eta=eta, s_noise=s_noise)
        inner = yield Question(halfway, middle, step, inner=True)
        picture = answer.denoised + (inner.denoised - answer.denoised) / (2.0 * r)
        x = _sde_step(x, picture, problem, sigma, sigma_next, eta=eta, s_noise=s_noise)
    return x
