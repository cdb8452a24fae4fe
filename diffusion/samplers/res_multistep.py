"""RES: refined exponential solver, second order multistep on the denoised pictures.

References: Zhang, Niu, Ho and others 2023, arXiv:2308.02157, section 4 (multistep with c2 < 0);
CFG++ form after Chung et al. 2024, arXiv:2406.08070. Time is −ln sigma.
"""

import math

from torch import Tensor

from diffusion.samplers.ancestral import ancestral_levels
from diffusion.samplers.euler import euler_step
from diffusion.samplers.euler_cfg_pp import unconditional_of
from diffusion.samplers.exponential import phi
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling


def _second_order(
    x: Tensor, denoised: Tensor, previous: Tensor, *, width: float, c2: float
) -> Tensor:
    """One step; c2 is where the previous picture lies, in widths of this step."""
    second = phi(2, -width) / c2
    first = phi(1, -width) - second
    return x * math.exp(-width) + denoised * (width * first) + previous * (width * second)


def res_multistep(
    x: Tensor,
    problem: Problem,
    *,
    eta: float = 0.0,
    s_noise: float = 1.0,
    cfg_pp: bool = False,
) -> Sampling:
    """One question a step; the first step and the step to zero are Euler's."""
    previous: Tensor | None = None
    sigma_before = down_before = 0.0
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step, unconditional=cfg_pp)
        # In the CFG++ form the noise that stays in is the unconditional answer's.
        picture = unconditional_of(answer) if cfg_pp else answer.denoised
        kept = x + (answer.denoised - picture) if cfg_pp else x
        down, up = ancestral_levels(sigma, sigma_next, eta)
        if down == 0.0:
            x = answer.denoised
        elif previous is None:
            x = euler_step(kept, answer.denoised, sigma, down)
        else:
            width = math.log(sigma / down)
            c2 = math.log(down_before / sigma_before) / width
            x = _second_order(kept, picture, previous, width=width, c2=c2)
        if up > 0.0:
            x = x + problem.noise(sigma, sigma_next) * (up * s_noise)
        previous, sigma_before, down_before = picture, sigma, down
    return x


def res_multistep_cfg_pp(x: Tensor, problem: Problem) -> Sampling:
    """The CFG++ form."""
    return res_multistep(x, problem, cfg_pp=True)


def res_multistep_ancestral(x: Tensor, problem: Problem) -> Sampling:
    """With ancestral noise."""
    return res_multistep(x, problem, eta=1.0)


def res_multistep_ancestral_cfg_pp(x: Tensor, problem: Problem) -> Sampling:
    """Both."""
    return res_multistep(x, problem, eta=1.0, cfg_pp=True)
