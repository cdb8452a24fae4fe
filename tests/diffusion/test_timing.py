"""Prompts that hold at some steps only, whatever the noise levels of these steps are."""

import dataclasses
from typing import Any

import pytest
import torch
from torch import Tensor

from diffusion.names import SCHEDULER_NAMES
from diffusion.sampling import sample
from tests.diffusion.formula_model import NEGATIVE, formula, formula_model

STEPS = 8
# Questions between the levels of two steps; each of these asks once a step.
ASKS_ONCE = ["euler", "euler_ancestral", "dpmpp_2m", "dpmpp_2m_sde", "er_sde", "lcm", "uni_pc"]
Entry = tuple[Tensor, dict[str, Any]]


def _at(value: float, first: int, end: int, steps: int = STEPS) -> Entry:
    timing = {"start_step": first, "end_step": end, "of_steps": steps}
    return torch.full((1, 77, 8), value), timing


def _asked(positive: list[Entry], **options: Any) -> list[float]:  # noqa: ANN401
    """The prompt of each question in turn; two that hold at once would be asked in one pass."""
    asked: list[float] = []

    def network(x: Tensor, timestep: Tensor, context: Tensor) -> Tensor:
        asked.extend(context[:, 0, 0].tolist())
        return formula(x, timestep, context)

    chosen: dict[str, Any] = {
        "kind": "eps",
        "steps": STEPS,
        "cfg": 1.0,
        "seed": 1,
        "sampler": "euler",
        "schedule": "normal",
        **options,
    }
    model = dataclasses.replace(formula_model(chosen.pop("kind")), network=network)
    channels = model.latent_format.channels
    latent = {"samples": torch.zeros(1, channels, 8, 8)}
    sample(model, positive, NEGATIVE, latent, **chosen)
    return [round(value, 4) for value in asked]


@pytest.mark.parametrize("kind", ["eps", "sd3", "flux"])
@pytest.mark.parametrize("sampler", ASKS_ONCE)
def test_each_step_asks_its_own_prompt(sampler: str, kind: str) -> None:
    positive = [_at(0.1, 0, 3), _at(0.2, 3, 7), _at(0.3, 7, 8)]

    asked = _asked(positive, sampler=sampler, kind=kind)

    assert asked == [0.1] * 3 + [0.2] * 4 + [0.3]


@pytest.mark.parametrize("schedule", sorted(set(SCHEDULER_NAMES) - {"ddim_uniform"}))
@pytest.mark.parametrize("denoise", [1.0, 0.5])
def test_steps_are_counted_under_every_schedule(schedule: str, denoise: float) -> None:
    positive = [_at(step / 10, step, step + 1) for step in range(STEPS)]

    asked = _asked(positive, schedule=schedule, denoise=denoise)

    assert asked == [step / 10 for step in range(STEPS)]


def test_a_run_cut_in_two_counts_the_steps_of_the_whole() -> None:
    positive = [_at(0.1, 0, 3), _at(0.2, 3, 8)]

    assert _asked(positive, last_step=5) == [0.1] * 3 + [0.2] * 2
    assert _asked(positive, start_step=2) == [0.1] + [0.2] * 5
    assert _asked(positive, start_step=5, add_noise=False) == [0.2] * 3


@pytest.mark.parametrize(("steps", "first"), [(16, 6), (4, 2), (8, 3)])
def test_a_run_of_another_length_stretches_the_steps(steps: int, first: int) -> None:
    positive = [_at(0.1, 0, 3), _at(0.2, 3, 8)]

    assert _asked(positive, steps=steps) == [0.1] * first + [0.2] * (steps - first)


def test_a_question_at_the_next_step_s_level_is_the_next_step_s() -> None:
    positive = [_at(0.1, 0, 1, 3), _at(0.2, 1, 3, 3)]

    assert _asked(positive, steps=3, sampler="heun") == [0.1, 0.2, 0.2, 0.2, 0.2]
    assert _asked(positive, steps=3, sampler="dpmpp_sde") == [0.1, 0.1, 0.2, 0.2, 0.2]


def test_steps_and_percentages_both_limit() -> None:
    context, timing = _at(0.1, 2, 8)
    limited = (context, {**timing, "end_percent": 0.5})

    asked = _asked([limited, _at(0.2, 0, 2)])

    assert asked[:3] == [0.2, 0.2, 0.1]
    assert len(asked) < STEPS


def test_prompts_without_steps_hold_always() -> None:
    assert _asked([(torch.full((1, 77, 8), 0.4), {})]) == [0.4] * STEPS
