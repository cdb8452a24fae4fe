"""Resuming by replay: from any answer on, every sampler comes to the same latent, bit for bit."""

import pytest
import torch
from torch import Tensor

from diffusion.brownian import BrownianNoise
from diffusion.driver import drive
from diffusion.names import SAMPLER_NAMES
from diffusion.noise import IndependentNoise
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Answer, Question
from diffusion.samplers.registry import SAMPLERS, NoiseKind
from diffusion.schedules import schedule_sigmas
from tests.diffusion.formula_model import formula_model

STEPS = 5
SHAPE = (1, 4, 4, 4)


def _problem(sampler: str, kind: str, start: Tensor) -> Problem:
    """The same problem each time, its noise not yet drawn from."""
    space = formula_model(kind).parameterisation
    sigmas = schedule_sigmas("karras", space.levels, STEPS)
    if SAMPLERS[sampler].noise is NoiseKind.BROWNIAN:
        brownian = BrownianNoise(start, 3, sigmas[-2], sigmas[0])
        return Problem(sigmas, brownian, space.levels, flow=space.is_flow)
    return Problem(sigmas, IndependentNoise(start, 3), space.levels, flow=space.is_flow)


def _denoise(question: Question) -> Answer:
    denoised = torch.tanh(question.x) + 0.1 * question.x.roll(1, -1) / (1.0 + question.sigma)
    return Answer(denoised, 0.5 * denoised if question.unconditional else None)


@pytest.mark.parametrize("kind", ["eps", "sd3"])
@pytest.mark.parametrize("sampler", SAMPLER_NAMES)
def test_a_run_that_starts_from_logged_answers_ends_as_the_whole_run_did(
    sampler: str, kind: str
) -> None:
    start = torch.randn(SHAPE, generator=torch.Generator().manual_seed(1))
    log: list[Answer] = []

    def run(replayed: list[Answer], kept: list[Answer]) -> Tensor:
        return drive(
            SAMPLERS[sampler].start(start, _problem(sampler, kind, start)),
            _denoise,
            total=STEPS,
            log=kept.append,
            replay=replayed,
        )

    whole = run([], log)

    assert bool(torch.isfinite(whole).all())
    for answered in range(len(log) + 1):
        rest: list[Answer] = []
        assert torch.equal(run(log[:answered], rest), whole)
        assert len(rest) == len(log) - answered
