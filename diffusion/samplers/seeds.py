"""SEEDS: exponential SDE solvers of single-step form, on the denoised pictures.

Reference: Gonzalez, Fernandez, Tran and others 2023, arXiv:2305.14267, algorithms 3 (SEEDS-2) and 4
(SEEDS-3), data prediction. The noise of the inner stages is part of the noise of the whole step.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

from diffusion.samplers.exponential import phi
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling


@dataclass(frozen=True)
class _Step:
    """A step of the SDE, cut into stages of equal width in lambda.

    Attributes:
        stages: How many stages.
        width: Width of the whole step in lambda.
        eta: 0 for the ODE, 1 for the paper's SDE.
    """

    problem: Problem
    sigma: float
    sigma_next: float
    stages: int
    width: float
    eta: float
    s_noise: float

    @property
    def stretched(self) -> float:
        """The width in the SDE's own exponent."""
        return self.width * (1.0 + self.eta)

    def level(self, stage: int) -> float:
        """The noise level after so many stages."""
        if stage == self.stages:
            return self.sigma_next
        start = self.problem.half_log_snr(self.sigma)
        return self.problem.sigma_of(start + self.width * stage / self.stages)

    def draws(self) -> list[Tensor]:
        """One noise a stage; none where none is wanted."""
        if self.eta * self.s_noise == 0.0:
            return []
        levels = [self.level(stage) for stage in range(self.stages + 1)]
        return [self.problem.noise(*ends) for ends in pairwise(levels)]

    def first_order(
        self, x: Tensor, picture: Tensor, stage: int, draws: Sequence[Tensor]
    ) -> Tensor:
        """From the start to the end of a stage, with the noise gathered on the way."""
        share, level = stage / self.stages, self.level(stage)
        keep = level / self.sigma * math.exp(-share * self.width * self.eta)
        pull = -self.problem.alpha(level) * math.expm1(-share * self.stretched)
        x = x * keep + picture * pull
        for index, draw in enumerate(reversed(draws[:stage])):
            x = x + draw * (level * self._faded(index) * self.s_noise)
        return x

    def _faded(self, stages_ago: int) -> float:
        """What is left of a stage's noise so many stages later."""
        rate = -2.0 * self.width * self.eta / self.stages
        return math.sqrt(math.exp(rate * stages_ago) - math.exp(rate * (stages_ago + 1)))


def _step(problem: Problem, index: int, stages: int, eta: float, s_noise: float) -> _Step:
    sigma, sigma_next = problem.sigmas[index], problem.sigmas[index + 1]
    width = problem.half_log_snr(sigma_next) - problem.half_log_snr(sigma)
    return _Step(problem, sigma, sigma_next, stages, width, eta, s_noise)


def seeds_2(x: Tensor, problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0) -> Sampling:
    """Second order, two questions a step."""
    problem = problem.with_finite_snr()
    for index, sigma, sigma_next in problem:
        denoised = (yield Question(x, sigma, index)).denoised
        if sigma_next == 0.0:
            x = denoised
            continue
        step = _step(problem, index, 2, eta, s_noise)
        draws = step.draws()
        halfway = step.first_order(x, denoised, 1, draws)
        inner = yield Question(halfway, step.level(1), index, inner=True)
        # The whole step goes towards the picture seen at its middle.
        x = step.first_order(x, inner.denoised, 2, draws)
    return x


def seeds_3(x: Tensor, problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0) -> Sampling:
    """Third order, three questions a step."""
    problem = problem.with_finite_snr()
    for index, sigma, sigma_next in problem:
        denoised = (yield Question(x, sigma, index)).denoised
        if sigma_next == 0.0:
            x = denoised
            continue
        step = _step(problem, index, 3, eta, s_noise)
        draws = step.draws()
        place = step.first_order(x, denoised, 1, draws)
        first = yield Question(place, step.level(1), index, inner=True)
        width = step.stretched * 2.0 / 3.0
        weight = step.problem.alpha(step.level(2)) * 2.0 * width * phi(2, -width)
        place = step.first_order(x, denoised, 2, draws) + (first.denoised - denoised) * weight
        second = yield Question(place, step.level(2), index, inner=True)
        weight = problem.alpha(sigma_next) * 1.5 * step.stretched * phi(2, -step.stretched)
        x = step.first_order(x, denoised, 3, draws) + (second.denoised - denoised) * weight
    return x
