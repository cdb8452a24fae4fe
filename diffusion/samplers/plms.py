"""PLMS: pseudo linear multistep, DDIM steps along Adams and Bashforth's mean of the noise.

Reference: Liu, Ren, Lin and Zhao 2022, arXiv:2202.09778 (PNDM), eq. 9 to 13; the warm-up is the
two-question step of Stable Diffusion's first release, not the paper's Runge-Kutta.
"""

from collections import deque

from torch import Tensor

from diffusion.samplers.euler import euler_step
from diffusion.samplers.ipndm import ADAMS_BASHFORTH
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling


def plms(x: Tensor, problem: Problem) -> Sampling:
    """Up to fourth order, one question a step but for the first, which asks twice."""
    slopes: deque[Tensor] = deque(maxlen=4)
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step)
        slopes.appendleft((x - answer.denoised) / sigma)
        mean = slopes[0] * 0.0
        if len(slopes) == 1 and sigma_next > 0.0:
            guess = euler_step(x, answer.denoised, sigma, sigma_next)
            inner = yield Question(guess, sigma_next, step, inner=True)
            mean = 0.5 * (slopes[0] + (guess - inner.denoised) / sigma_next)
        else:
            for slope, weight in zip(slopes, ADAMS_BASHFORTH[len(slopes) - 1], strict=True):
                mean = mean + slope * weight
        x = x + mean * (sigma_next - sigma)
    return x
