"""DPM-Solver: exponential integrators of first to third order on the noise.

Reference: Lu, Zhou, Bao, Chen, Li and Zhu 2022, arXiv:2206.00927. `dpm_fast` spends a given number
of questions (section 3.4 and appendix D.3); `dpm_adaptive` chooses its own steps (appendix C) with
a PI controller (Söderlind 2003, ACM TOMS 29, "Digital filters in adaptive time-stepping"). Time is
−ln sigma; both stop at the least level above zero.
"""

import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias

from torch import Tensor

from diffusion.samplers.euler import euler
from diffusion.samplers.exponential import phi
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Answer, Question, Sampling

Asking: TypeAlias = Generator[Question, Answer, Tensor]


@dataclass(frozen=True)
class _Start:
    """Where a step starts: x, its time, the noise in it, and the number of the step."""

    x: Tensor
    time: float
    noise: Tensor
    step: int

    def move(self, width: float) -> Tensor:
        """First order step of this width in time (eq. 3.6)."""
        return self.x - self.noise * (math.exp(-(self.time + width)) * math.expm1(width))

    def ask(self, x: Tensor, width: float) -> Asking:
        """The noise in x, a width after the start."""
        return _ask_noise(x, self.time + width, self.step, inner=True)


def _ask_noise(x: Tensor, time: float, step: int, *, inner: bool = False) -> Asking:
    sigma = math.exp(-time)
    answer = yield Question(x, sigma, step, inner=inner)
    return (x - answer.denoised) / sigma


def _second_order(start: _Start, width: float, noise_1: Tensor, r1: float) -> Tensor:
    """DPM-Solver-2 (algorithm 1), given the noise at the share r1 of the step."""
    factor = math.exp(-(start.time + width)) * math.expm1(width) / (2.0 * r1)
    return start.move(width) - (noise_1 - start.noise) * factor


def _third_order(start: _Start, width: float, noise_1: Tensor) -> Asking:
    """DPM-Solver-3 (algorithm 2), given the noise at a third of the step; asks at two thirds."""
    r1, r2 = 1.0 / 3.0, 2.0 / 3.0
    inner = r2 * width
    factor = math.exp(-(start.time + inner)) * r2 / r1 * inner * phi(2, inner)
    noise_2 = yield from start.ask(start.move(inner) - (noise_1 - start.noise) * factor, inner)
    factor = math.exp(-(start.time + width)) / r2 * width * phi(2, width)
    return start.move(width) - (noise_2 - start.noise) * factor


def _step_of_order(start: _Start, width: float, order: int) -> Asking:
    if order == 1:
        return start.move(width)
    r1 = 0.5 if order == 2 else 1.0 / 3.0
    noise_1 = yield from start.ask(start.move(r1 * width), r1 * width)
    if order == 2:
        return _second_order(start, width, noise_1, r1)
    return (yield from _third_order(start, width, noise_1))


def _has_one_level(problem: Problem) -> bool:
    """Whether a single step leads to zero, so that there is no lower level to stop at."""
    return problem.steps == 1 and problem.sigmas[-1] == 0.0


def _time_ends(problem: Problem) -> tuple[float, float]:
    """First and last time; zero noise lies at infinity, so the level before it is the last."""
    last = problem.sigmas[-1] or problem.sigmas[-2]
    return -math.log(problem.sigmas[0]), -math.log(last)


def dpm_fast(x: Tensor, problem: Problem) -> Sampling:
    """As many questions as steps, spent on third order steps and a lower one or two at the end."""
    if _has_one_level(problem):
        return (yield from euler(x, problem))
    questions = problem.steps
    count = questions // 3 + 1
    rest = questions % 3
    orders = [3] * (count - 2) + [2, 1] if rest == 0 else [3] * (count - 1) + [rest]
    time, end = _time_ends(problem)
    width = (end - time) / count
    asked = 0
    for index, order in enumerate(orders):
        now = time + index * width
        noise = yield from _ask_noise(x, now, asked)
        x = yield from _step_of_order(_Start(x, now, noise, asked), width, order)
        asked += order
    return x


@dataclass
class _StepSize:
    """The controller of the step's width in time."""

    width: float = 0.05
    order: int = 3
    accept_above: float = 0.81

    def judge(self, error: float) -> bool:
        """Whether a step with this error counts (1 is the tolerance); sets the next one's width."""
        factor = (1.0 / (error + 1e-8)) ** (1.0 / self.order)
        limited = 1.0 + math.atan(factor - 1.0)
        self.width *= limited
        return limited >= self.accept_above


def dpm_adaptive(
    x: Tensor, problem: Problem, *, rtol: float = 0.05, atol: float = 0.0078
) -> Sampling:
    """Steps of third order; the second order step within each tells how wide the next may be."""
    if _has_one_level(problem):
        return (yield from euler(x, problem))
    time, end = _time_ends(problem)
    controller = _StepSize()
    before = x
    step = 0
    while time < end - 1e-5:
        width = min(end - time, controller.width)
        noise = yield from _ask_noise(x, time, min(step, problem.steps - 1))
        start = _Start(x, time, noise, min(step, problem.steps - 1))
        noise_1 = yield from start.ask(start.move(width / 3.0), width / 3.0)
        low = _second_order(start, width, noise_1, 1.0 / 3.0)
        high = yield from _third_order(start, width, noise_1)
        if controller.judge(_error(low, high, before, rtol=rtol, atol=atol)):
            before, x = low, high
            time += width
        step += 1
    return x


def _error(low: Tensor, high: Tensor, before: Tensor, *, rtol: float, atol: float) -> float:
    """Root mean square of the difference over the tolerance."""
    tolerance = (low.abs().maximum(before.abs()) * rtol).clamp_min(atol)
    return float(((low - high) / tolerance).square().mean().sqrt())
