"""Stochastic samplers end in the data's distribution."""

import pytest
import torch

from diffusion.brownian import BrownianNoise
from diffusion.driver import drive
from diffusion.names import SAMPLER_NAMES
from diffusion.noise import IndependentNoise
from diffusion.samplers.problem import Problem, StepNoise
from diffusion.samplers.question import Answer, Question
from diffusion.samplers.registry import SAMPLERS, NoiseKind
from diffusion.schedules import schedule_sigmas
from tests.diffusion.formula_model import formula_model

MEAN, DEVIATION, STEPS = 0.5, 0.7, 60
LEVELS = formula_model().parameterisation.levels
# dpmpp_2s_ancestral_cfg_pp mixes the unconditional answers of two levels, as the reference does, so
# that its pictures vary too little.
DRAWING = [
    name
    for name in SAMPLER_NAMES
    if name != "dpmpp_2s_ancestral_cfg_pp"
    and any(part in name for part in ("ancestral", "sde", "ddpm", "seeds", "sa_solver"))
]


def _denoise(question: Question) -> Answer:
    share = DEVIATION**2 / (DEVIATION**2 + question.sigma**2)
    denoised = MEAN + (question.x - MEAN) * share
    return Answer(denoised, denoised)


@pytest.mark.parametrize("sampler", DRAWING)
def test_mean_and_deviation_of_the_data_come_out(sampler: str) -> None:
    sigmas = schedule_sigmas("karras", LEVELS, STEPS)
    start = torch.randn(1, 4, 64, 64, generator=torch.Generator().manual_seed(8)) * sigmas[0]
    noise: StepNoise = IndependentNoise(start, 9)
    if SAMPLERS[sampler].noise is NoiseKind.BROWNIAN:
        noise = BrownianNoise(start, 9, sigmas[-2], sigmas[0])

    made = drive(
        SAMPLERS[sampler].start(start, Problem(sigmas, noise, LEVELS)), _denoise, total=STEPS
    )

    assert float(made.mean()) == pytest.approx(MEAN, abs=0.04)
    assert float(made.std()) == pytest.approx(DEVIATION, abs=0.05)
