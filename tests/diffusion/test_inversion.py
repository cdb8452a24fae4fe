"""DDIM inversion on data whose noise is known, and against Euler's method run forwards."""

import math
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor

from diffusion.driver import Step, drive
from diffusion.errors import DiffusionError
from diffusion.inversion import ddim_inversion, invert
from diffusion.samplers.euler import euler
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Answer, Question
from diffusion.sampling import sample
from diffusion.schedules import schedule_sigmas
from tests.diffusion.formula_model import NEGATIVE, POSITIVE, formula_model

MEAN, DEVIATION = 0.5, 0.7
LEVELS = formula_model().parameterisation.levels


def _denoise(question: Question) -> Answer:
    """The best guess for data from N(MEAN, DEVIATION²)."""
    share = DEVIATION**2 / (DEVIATION**2 + question.sigma**2)
    return Answer(MEAN + (question.x - MEAN) * share)


def _picture() -> Tensor:
    generator = torch.Generator().manual_seed(3)
    return MEAN + DEVIATION * torch.randn(1, 4, 8, 8, generator=generator)


def _run(sampler: Any, x: Tensor, sigmas: tuple[float, ...]) -> Tensor:  # noqa: ANN401
    problem = Problem(sigmas, lambda *_: torch.zeros_like(x), LEVELS)
    return drive(sampler(x, problem), _denoise, total=problem.steps)


def _inverted(steps: int, refinements: int) -> Tensor:
    rising = tuple(reversed(schedule_sigmas("karras", LEVELS, steps)))
    return _run(partial(ddim_inversion, refinements=refinements), _picture(), rising)


def _true_noise() -> Tensor:
    """Where the probability flow ODE takes the picture at the highest level."""
    top = LEVELS.table[-1]
    return MEAN + (_picture() - MEAN) * math.sqrt(1.0 + (top / DEVIATION) ** 2)


def _error(ours: Tensor, reference: Tensor) -> float:
    return float((ours - reference).abs().max() / reference.abs().max())


def test_the_noise_nears_the_ode_s_with_first_order() -> None:
    errors = [_error(_inverted(steps, 4), _true_noise()) for steps in (50, 100, 200)]

    assert errors[-1] < 0.02
    for wider, narrower in pairwise(errors):
        assert wider / narrower == pytest.approx(2.0, rel=0.15)


@pytest.mark.parametrize(("refinements", "tolerance"), [(0, 0.02), (1, 2e-3), (2, 3e-4), (4, 1e-5)])
def test_each_refinement_brings_the_picture_back_more_exactly(
    refinements: int, tolerance: float
) -> None:
    noise = _inverted(50, refinements)

    again = _run(euler, noise, schedule_sigmas("karras", LEVELS, 50))

    assert _error(again, _picture()) < tolerance


def test_inverted_data_look_like_noise() -> None:
    generator = torch.Generator().manual_seed(4)
    picture = MEAN + DEVIATION * torch.randn(1, 4, 64, 64, generator=generator)
    rising = tuple(reversed(schedule_sigmas("karras", LEVELS, 100)))

    noise = _run(partial(ddim_inversion, refinements=2), picture, rising) / LEVELS.table[-1]

    assert float(noise.mean()) == pytest.approx(0.0, abs=0.05)
    assert float(noise.std()) == pytest.approx(1.0, abs=0.03)


def _latent() -> dict[str, Any]:
    generator = torch.Generator().manual_seed(1)
    return {"samples": torch.randn(2, 4, 8, 8, generator=generator)}


@pytest.mark.parametrize("kind", ["eps", "v"])
@pytest.mark.parametrize("denoise", [1.0, 0.5])
def test_sampling_from_the_noise_gives_the_latents_back(kind: str, denoise: float) -> None:
    model = formula_model(kind)
    settings: dict[str, Any] = {"steps": 40, "schedule": "karras", "denoise": denoise}
    noise = invert(model, POSITIVE, None, _latent(), **settings, refinements=8)

    again = sample(
        model,
        POSITIVE,
        NEGATIVE,
        {"samples": noise},
        **settings,
        sampler="euler",
        seed=0,
        cfg=1.0,
        add_noise=False,
    )

    assert _error(again, _latent()["samples"]) < 1e-3


def test_each_step_is_told_once_however_often_it_is_refined() -> None:
    told: list[Step] = []

    invert(
        formula_model(),
        POSITIVE,
        None,
        _latent(),
        steps=5,
        schedule="normal",
        refinements=3,
        on_step=told.append,
    )

    assert [(step.step, step.total) for step in told] == [(number, 5) for number in range(1, 6)]
    sigmas = [step.sigma for step in told]
    assert sigmas == sorted(sigmas)


def test_a_guided_inversion_needs_a_negative_prompt() -> None:
    with pytest.raises(DiffusionError, match="scale 3 needs a negative prompt"):
        invert(formula_model(), POSITIVE, None, _latent(), steps=3, schedule="normal", cfg=3.0)


def test_nothing_to_undo_gives_the_latents_back() -> None:
    noise = invert(
        formula_model(), POSITIVE, None, _latent(), steps=5, schedule="normal", denoise=0.0
    )

    assert torch.equal(noise, _latent()["samples"])


def test_a_flow_model_s_pure_noise_cannot_be_held() -> None:
    latent = {"samples": torch.ones(1, 16, 8, 8)}

    with pytest.raises(DiffusionError, match=r"no trace of the picture .* denoise below 1"):
        invert(formula_model("sd3"), POSITIVE, None, latent, steps=5, schedule="simple")
