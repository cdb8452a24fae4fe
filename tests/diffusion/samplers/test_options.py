"""Options of samplers: the usual ones change nothing, the others do what they say."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from diffusion.brownian import BrownianNoise
from diffusion.driver import drive
from diffusion.errors import DiffusionError
from diffusion.noise import IndependentNoise
from diffusion.samplers.choice import SamplerChoice, choose
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Answer, Question
from diffusion.samplers.registry import NoiseKind
from diffusion.samplers.sa_solver import adams_weights, second_order_weights
from diffusion.sigmas import flipped
from tests.diffusion.formula_model import formula_model

LEVELS = formula_model().parameterisation.levels
MEAN, DEVIATION, TOP, BOTTOM = 0.5, 0.7, 14.6, 0.03
USUAL: list[SamplerChoice] = [
    choose("euler_ancestral", eta=1.0, s_noise=1.0),
    choose("euler_ancestral_cfg_pp", eta=1.0, s_noise=1.0),
    choose("lms", order=4),
    choose("dpmpp_2s_ancestral", eta=1.0, s_noise=1.0),
    choose("dpmpp_sde", eta=1.0, s_noise=1.0, r=0.5),
    choose("dpmpp_2m_sde", eta=1.0, s_noise=1.0, correction="midpoint"),
    choose("dpmpp_3m_sde", eta=1.0, s_noise=1.0),
    choose("er_sde", power=None, max_stage=3, s_noise=1.0),
    choose("sa_solver", eta=1.0, stochastic=None, s_noise=1.0, predictor_order=3),
    choose("dpm_adaptive", order=3, rtol=0.05, h_init=0.05, icoeff=1.0, eta=0.0),
]


def _denoise(question: Question) -> Answer:
    """The best guess for data from N(MEAN, DEVIATION²)."""
    share = DEVIATION**2 / (DEVIATION**2 + question.sigma**2)
    denoised = MEAN + (question.x - MEAN) * share
    return Answer(denoised, denoised)


def _karras(steps: int, *, zero: bool = False) -> tuple[float, ...]:
    high, low = TOP ** (1 / 7), BOTTOM ** (1 / 7)
    row = tuple((high + (low - high) * step / steps) ** 7 for step in range(steps + 1))
    return (*row, 0.0) if zero else row


def _run(choice: SamplerChoice, sigmas: tuple[float, ...], start: Tensor) -> Tensor:
    sampler = choice.sampler()
    brownian = sampler.noise is NoiseKind.BROWNIAN
    least = min(filter(None, sigmas))
    noise = BrownianNoise(start, 9, least, max(sigmas)) if brownian else IndependentNoise(start, 9)
    problem = Problem(sigmas, noise, LEVELS)
    return drive(sampler.start(start, problem), _denoise, total=problem.steps)


def _start(size: int = 4) -> Tensor:
    generator = torch.Generator().manual_seed(8)
    return torch.randn(1, 4, size, size, generator=generator) * TOP


def _exact(start: Tensor) -> Tensor:
    """What the probability flow ODE takes the start to at BOTTOM."""
    shrink = math.sqrt((DEVIATION**2 + BOTTOM**2) / (DEVIATION**2 + TOP**2))
    return MEAN + (start - MEAN) * shrink


@pytest.mark.parametrize("choice", USUAL, ids=lambda choice: choice.name)
def test_the_usual_options_are_the_sampler_by_its_name(choice: SamplerChoice) -> None:
    sigmas = _karras(6, zero=True)

    assert torch.equal(
        _run(choice, sigmas, _start()), _run(SamplerChoice(choice.name), sigmas, _start())
    )


def test_both_corrections_of_2m_sde_are_options_of_one_sampler() -> None:
    sigmas = _karras(6, zero=True)

    assert torch.equal(
        _run(choose("dpmpp_2m_sde", correction="heun"), sigmas, _start()),
        _run(choose("dpmpp_2m_sde_heun"), sigmas, _start()),
    )


WITHOUT_NOISE = [
    choose("euler_ancestral", eta=0.0),
    choose("dpmpp_2s_ancestral", eta=0.0),
    choose("dpmpp_sde", eta=0.0),
    choose("dpmpp_sde", eta=0.0, r=0.3),
    choose("dpmpp_2m_sde", eta=0.0),
    choose("dpmpp_3m_sde", eta=0.0),
    choose("er_sde", power=1.0, s_noise=0.0),
    choose("sa_solver", eta=0.0),
    choose("sa_solver", eta=0.0, corrector_order=0),
    choose("sa_solver", eta=0.0, predictor_order=2, corrector_order=2, simple_order_2=True),
    choose("sa_solver", eta=0.0, predictor_order=6, corrector_order=6, pece=True),
    choose("lms", order=2),
    choose("lms", order=10),
    choose("dpm_adaptive", order=2, rtol=0.001, atol=0.001),
    choose("dpm_adaptive", order=3, rtol=0.001, atol=0.001, pcoeff=0.2, icoeff=0.8, dcoeff=0.1),
]


@pytest.mark.parametrize("choice", WITHOUT_NOISE, ids=str)
def test_without_noise_the_ode_s_solution_comes_out(choice: SamplerChoice) -> None:
    error = (_run(choice, _karras(100), _start()) - _exact(_start())).abs().max()

    assert error < 0.12 if choice.name == "euler_ancestral" else error < 0.03


def _order(choice: SamplerChoice, steps: int) -> float:
    fewer, more = (
        float((_run(choice, _karras(count), _start()) - _exact(_start())).abs().max())
        for count in (steps, 2 * steps)
    )
    return math.log2(fewer / more)


@pytest.mark.parametrize(
    ("choice", "least"),
    [
        (choose("er_sde", power=1.0, s_noise=0.0, max_stage=1), 0.8),
        (choose("er_sde", power=1.0, s_noise=0.0, max_stage=2), 1.8),
        (choose("lms", order=2), 1.8),
        (choose("sa_solver", eta=0.0, predictor_order=1, corrector_order=0), 0.8),
        (choose("sa_solver", eta=0.0, predictor_order=2, corrector_order=0), 1.7),
        (
            choose("sa_solver", eta=0.0, predictor_order=2, corrector_order=0, simple_order_2=True),
            1.7,
        ),
    ],
    ids=str,
)
def test_orders_are_as_asked_for(choice: SamplerChoice, least: float) -> None:
    assert _order(choice, 40) >= least


@pytest.mark.parametrize(
    "choice",
    [
        choose("er_sde", power=2.0),
        choose("er_sde", power=1.5, max_stage=2),
        choose("sa_solver", eta=0.6, stochastic=(10.0, 0.1)),
        choose("dpmpp_3m_sde", eta=0.5),
        choose("dpmpp_sde", r=0.8),
        choose("dpm_adaptive", eta=1.0, rtol=0.02),
    ],
    ids=str,
)
def test_with_noise_the_data_s_mean_and_deviation_come_out(choice: SamplerChoice) -> None:
    made = _run(choice, _karras(60, zero=True), _start(64))

    assert float(made.mean()) == pytest.approx(MEAN, abs=0.05)
    assert float(made.std()) == pytest.approx(DEVIATION, abs=0.06)


@pytest.mark.parametrize("knots", [[-1.0, 0.0], [0.0, 1e-3]])
def test_the_simpler_second_order_weights_are_near_the_exact_ones(knots: list[float]) -> None:
    end = 1e-3
    exact = adams_weights(knots, 0.0, end, 1.0, 0.9)

    simple = second_order_weights(knots, 0.0, end, 1.0, 0.9)

    assert simple == pytest.approx(exact, rel=2e-3, abs=1e-8)
    assert sum(simple) == pytest.approx(sum(exact))


RISING = [
    choose("euler"),
    choose("heun"),
    choose("dpm_2"),
    choose("dpmpp_2m"),
    choose("ipndm_v"),
    choose("deis"),
    choose("uni_pc"),
    choose("res_multistep"),
    choose("dpm_fast"),
    choose("dpm_adaptive", rtol=0.001, atol=0.001),
    choose("dpmpp_2m_sde", eta=0.0),
    choose("er_sde", power=1.0, s_noise=0.0),
]


@pytest.mark.parametrize("choice", RISING, ids=str)
def test_levels_that_rise_take_a_picture_back_to_its_noise(choice: SamplerChoice) -> None:
    falling = _karras(100)
    rising = tuple(flipped(torch.tensor(falling)).tolist())
    picture = _exact(_start())

    choice.require_levels(rising)
    noise = _run(choice, rising, picture)

    tolerance = 0.05 if choice.name == "euler" else 0.005
    assert float((noise - _start()).abs().max()) < tolerance * float(_start().abs().max())


@pytest.mark.parametrize("name", ["euler_ancestral", "dpmpp_2m_sde", "lcm", "er_sde", "sa_solver"])
def test_a_stochastic_sampler_refuses_levels_that_rise(name: str) -> None:
    with pytest.raises(DiffusionError, match=f"'{name}' adds noise .* levels rise"):
        choose(name).require_levels((0.1, 1.0))


def test_zero_may_only_be_the_last_level() -> None:
    with pytest.raises(DiffusionError, match="number 2 of 3 is"):
        choose("euler").require_levels((1.0, 0.0, 0.5))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rtol": 0.0, "atol": 0.0}, "allowed some error"),
        ({"h_init": 0.0}, "`h_init` is wider than 0"),
        ({"accept_safety": 100.0}, "100 steps in a row"),
    ],
)
def test_adaptive_steps_that_would_never_end_are_refused(
    options: dict[str, Any], words: str
) -> None:
    with pytest.raises(DiffusionError, match=words):
        _run(choose("dpm_adaptive", **options), _karras(5), _start())


def test_an_unknown_name_is_met_with_the_closest() -> None:
    with pytest.raises(DiffusionError, match="'dpmpp_2n'; did you mean 'dpmpp_2m'"):
        choose("dpmpp_2n").sampler()
