"""Order of convergence where the answer is known.

For data from N(mean, s²) the best denoiser is linear, and the probability flow ODE takes x to
mean + (x − mean)·√((s² + sigma_end²) / (s² + sigma_start²)).
"""

import math

import pytest
import torch

from diffusion.driver import drive
from diffusion.names import SAMPLER_NAMES
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Answer, Question
from diffusion.samplers.registry import SAMPLERS
from tests.diffusion.formula_model import formula_model

TOP, BOTTOM, MEAN, DEVIATION = 14.6, 0.03, 0.5, 1.0
START = torch.tensor([20.0, -11.0, 3.0], dtype=torch.float64).view(1, 1, 1, 3)
LEVELS = formula_model().parameterisation.levels
DRAWING = ("ancestral", "sde", "ddpm", "lcm", "seeds", "sa_solver")
DETERMINISTIC = {
    name
    for name in SAMPLER_NAMES
    if name != "dpm_adaptive" and not any(part in name for part in DRAWING)
}


def _karras(steps: int) -> tuple[float, ...]:
    high, low = TOP ** (1 / 7), BOTTOM ** (1 / 7)
    return tuple((high + (low - high) * step / steps) ** 7 for step in range(steps + 1))


def _denoise(question: Question) -> Answer:
    share = DEVIATION**2 / (DEVIATION**2 + question.sigma**2)
    denoised = MEAN + (question.x - MEAN) * share
    return Answer(denoised, denoised)


def _error(sampler: str, steps: int) -> float:
    problem = Problem(_karras(steps), lambda *_: torch.zeros_like(START), LEVELS)
    ours = drive(SAMPLERS[sampler].start(START, problem), _denoise, total=steps)
    shrink = math.sqrt((DEVIATION**2 + BOTTOM**2) / (DEVIATION**2 + TOP**2))
    return float((ours - (MEAN + (START - MEAN) * shrink)).abs().max())


def _order(sampler: str, fewer: int, more: int) -> float:
    return math.log2(_error(sampler, fewer) / _error(sampler, more)) / math.log2(more / fewer)


@pytest.mark.parametrize("sampler", ["euler", "ddim", "euler_cfg_pp", "gradient_estimation"])
def test_first_order(sampler: str) -> None:
    assert _order(sampler, 80, 320) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize(
    ("sampler", "least"),
    [
        ("heun", 1.8),
        ("dpm_2", 1.8),
        ("dpmpp_2m", 1.8),
        ("res_multistep", 1.8),
        ("plms", 1.9),
        ("ipndm", 1.9),
        ("deis", 2.4),
        ("uni_pc", 2.4),
        ("uni_pc_bh2", 2.4),
        ("lms", 2.4),
    ],
)
@pytest.mark.parametrize("steps", [20, 40])
def test_higher_order(sampler: str, least: float, steps: int) -> None:
    assert _order(sampler, steps, 2 * steps) >= least


def test_ipndm_v_is_of_higher_order_at_the_step_counts_it_is_used_with() -> None:
    # Its published weights are not quite Adams and Bashforth's: with very many steps, second order.
    assert _order("ipndm_v", 10, 40) >= 2.4


@pytest.mark.parametrize("sampler", sorted(DETERMINISTIC))
def test_every_deterministic_sampler_nears_the_solution(sampler: str) -> None:
    assert _error(sampler, 160) < 0.03


def test_adaptive_steps_keep_the_error_near_the_tolerance() -> None:
    assert _error("dpm_adaptive", 10) == _error("dpm_adaptive", 20) < 0.05
