"""DPM-Solver: exponential integrators of first to third order on the noise.

Reference: Lu, Zhou, Bao, Chen, Li and Zhu 2022, arXiv:2206.00927. `dpm_fast` spends a given number
of questions (section 3.4 and appendix D.3). Time is −ln sigma; a run stops at the least level above
zero.
"""

import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from torch import Tensor

from diffusion.samplers.euler import euler
from diffusion.samplers.exponential import phi
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Answer, Question, Sampling

T = TypeVar("T")
Asking: TypeAlias = Generator[Question, Answer, T]


@dataclass(frozen=True)
class Start:
    """Where a step starts: x, its time, the noise in it, and the number of the step."""

    x: Tensor
    time: float
    noise: Tensor
    step: int

    def move(self, width: float) -> Tensor:
        """First order step of this width in time (eq. 3.6)."""
        return self.x - self.noise * (math.exp(-(self.time + width)) * math.expm1(width))

    def ask(self, x: Tensor, width: float) -> Asking[Tensor]:
        """The noise in x, a width after the start."""
        return ask_noise(x, self.time + width, self.step, inner=True)


def ask_noise(x: Tensor, time: float, step: int, *, inner: bool = False) -> Asking[Tensor]:
    """The noise in x at a time."""
    sigma = math.exp(-time)
    answer = yield Question(x, sigma, step, inner=inner)
    return (x - answer.denoised) / sigma


def second_order(start: Start, width: float, noise_1: Tensor, r1: float) -> Tensor:
    """DPM-Solver-2 (algorithm 1), given the noise at the share r1 of the step."""
    factor = math.exp(-(start.time + width)) * math.expm1(width) / (2.0 * r1)
    return start.move(width) - (noise_1 - start.noise) * factor


def third_order(start: Start, width: float, noise_1: Tensor) -> Asking[Tensor]:
    """DPM-Solver-3 (algorithm 2), given the noise at a third of the step; asks at two thirds."""
    r1, r2 = 1.0 / 3.0, 2.0 / 3.0
    inner = r2 * width
    factor = math.exp(-(start.time + inner)) * r2 / r1 * inner * phi(2, inner)
    noise_2 = yield from start.ask(start.move(inner) - (noise_1 - start.noise) * factor, inner)
    factor = math.exp(-(start.time + width)) / r2 * width * phi(2, width)
    return start.move(width) - (noise_2 - start.noise) * factor


def _step_of_order(start: Start, width: float, order: int) -> Asking[Tensor]:
    if order == 1:
        return start.move(width)
    r1 = 0.5 if order == 2 else 1.0 / 3.0
    noise_1 = yield from start.ask(start.move(r1 * width), r1 * width)
    if order == 2:
        return second_order(start, width, noise_1, r1)
    return (yield from third_order(start, width, noise_1))


def has_one_level(problem: Problem) -> bool:
    """Whether a single step leads to zero, so that there is no lower level to stop at."""
    return problem.steps == 1 and problem.sigmas[-1] == 0.0


def time_ends(problem: Problem) -> tuple[float, float]:
    """First and last time; zero noise lies at infinity, so the level before it is the last."""
    last = problem.sigmas[-1] or problem.sigmas[-2]
    return -math.log(problem.sigmas[0]), -math.log(last)


def dpm_fast(x: Tensor, problem: Problem) -> Sampling:
    """As many questions as steps, spent on third order steps and a lower one or two at the end."""
    if has_one_level(problem):
        return (yield from euler(x, problem))
    questions = problem.steps
    count = questions // 3 + 1
    rest = questions % 3
    orders = [3] * (count - 2) + [2, 1] if rest == 0 else [3] * (count - 1) + [rest]
    time, end = time_ends(problem)
    width = (end - time) / count
    asked = 0
    for index, order in enumerate(orders):
        now = time + index * width
        noise = yield from ask_noise(x, now, asked)
        x = yield from _step_of_order(Start(x, now, noise, asked), width, order)
        asked += order
    return x
