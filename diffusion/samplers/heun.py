"""Heun's method: an Euler step, then the mean of the slopes at both of its ends.

Reference: Karras, Aittala, Aila and Laine 2022, arXiv:2206.00364, algorithm 1.
`heunpp2` looks one more step ahead and weighs the slopes by their noise levels; it comes from the
webui extension sd-webui-samplers-scheduler (Carzit 2023), without a paper.
"""

from torch import Tensor

from diffusion.samplers.euler import euler_step
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling


def heun(x: Tensor, problem: Problem) -> Sampling:
    """Second order, two questions a step; the step to zero is Euler's."""
    for step, sigma, sigma_next in problem:
        answer = yield Question(x, sigma, step)
        guess = euler_step(x, answer.denoised, sigma, sigma_next)
        if sigma_next == 0.0:
            x = guess
            continue
        slope = (x - answer.denoised) / sigma
        corrected = yield Question(guess, sigma_next, step, inner=True)
        slope_next = (guess - corrected.denoised) / sigma_next
        x = x + (slope + slope_next) * (0.5 * (sigma_next - sigma))
    return x


def heunpp2(x: Tensor, problem: Problem) -> Sampling:
    """Up to three questions a step: at this level and at the next two, as far as there are."""
    top = problem.sigmas[0]
    for step, sigma, sigma_next in problem:
        ahead = problem.sigmas[step : min(step + 3, problem.steps)]
        slopes: list[Tensor] = []
        place = x
        for index, level in enumerate(ahead):
            answer = yield Question(place, level, step, inner=index > 0)
            slopes.append((place - answer.denoised) / level)
            if index + 1 < len(ahead):
                place = place + slopes[-1] * (ahead[index + 1] - level)
        later = [level / (len(ahead) * top) for level in ahead[1:]]
        mean = slopes[0] * (1.0 - sum(later))
        for slope, weight in zip(slopes[1:], later, strict=True):
            mean = mean + slope * weight
        x = x + mean * (sigma_next - sigma)
    return x
