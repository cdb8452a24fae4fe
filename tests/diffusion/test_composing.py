"""Several prompts at once, each with a weight of its own."""

from typing import Any

import pytest
import torch
from torch import Tensor

from diffusion.composing import Composed, composed
from diffusion.custom_sampling import guided, sample_custom
from diffusion.formulas import ClassifierFree
from diffusion.moment import Moment
from diffusion.noise import RandomNoise
from diffusion.samplers.choice import choose
from diffusion.sampling import sample
from diffusion.schedules import schedule_sigmas
from tests.diffusion.formula_model import NEGATIVE, formula_model

MODEL = formula_model()
SIGMAS = torch.tensor(schedule_sigmas("karras", MODEL.parameterisation.levels, 6))
LATENT = {"samples": torch.zeros(1, 4, 8, 8)}
Entry = tuple[Tensor, dict[str, Any]]


def _member(value: float, number: int, weight: float = 1.0) -> Entry:
    return torch.full((1, 77, 8), value), {"and_member": number, "and_weight": weight}


def _plain(value: float) -> Entry:
    return torch.full((1, 77, 8), value), {}


def _made(positive: list[Entry], cfg: float = 3.0, sampler: str = "euler") -> Tensor:
    return sample(
        MODEL,
        positive,
        NEGATIVE,
        LATENT,
        seed=1,
        steps=6,
        cfg=cfg,
        sampler=sampler,
        schedule="karras",
    )


def test_one_member_of_weight_one_is_the_prompt() -> None:
    assert torch.equal(_made([_member(0.5, 0)]), _made([_plain(0.5)]))


def test_a_weight_scales_the_guidance() -> None:
    torch.testing.assert_close(_made([_member(0.5, 0, 2.0)]), _made([_plain(0.5)], cfg=6.0))
    torch.testing.assert_close(
        _made([_member(0.5, 0, 0.5)], cfg=1.0), _made([_plain(0.5)], cfg=0.5)
    )


def test_halves_of_the_same_prompt_are_the_whole() -> None:
    both = _made([_member(0.5, 0, 0.25), _member(0.5, 1, 0.75)])

    torch.testing.assert_close(both, _made([_plain(0.5)]), rtol=1e-4, atol=1e-5)


def test_members_that_cancel_leave_the_negative_prompt_s_picture() -> None:
    cancelled = _made([_member(0.5, 0, 1.0), _member(0.5, 1, -1.0)])

    torch.testing.assert_close(cancelled, _made([_plain(0.5)], cfg=0.0), rtol=1e-4, atol=1e-5)


def test_differences_to_the_unconditional_picture_add_up() -> None:
    pictures = {"positive": torch.full((1, 1), 3.0), "positive 2": torch.full((1, 1), 5.0)}
    moment = Moment(
        x=torch.zeros(1, 1),
        sigma=1.0,
        pictures={**pictures, "negative": torch.ones(1, 1)},
        attended={},
        ask=lambda *_: torch.zeros(1, 1),
    )

    made = Composed(ClassifierFree(2.0), {"positive": 1.0, "positive 2": 0.5}).combined(moment)

    assert float(made) == pytest.approx(1.0 + 2.0 * (1.0 * (3.0 - 1.0) + 0.5 * (5.0 - 1.0)))


@pytest.mark.parametrize("sampler", ["euler_cfg_pp", "dpmpp_2m_cfg_pp"])
def test_samplers_that_want_the_unconditional_picture_get_it(sampler: str) -> None:
    both = _made([_member(0.5, 0, 0.5), _member(0.5, 1, 0.5)], sampler=sampler)

    torch.testing.assert_close(both, _made([_plain(0.5)], sampler=sampler), rtol=1e-4, atol=1e-5)


def test_without_a_negative_prompt_members_are_averaged() -> None:
    def made(*positive: Entry) -> Tensor:
        model = guided(MODEL, ClassifierFree(1.0), positive=positive)
        return sample_custom(model, choose("euler"), SIGMAS, LATENT, RandomNoise(1)).samples

    both = made(_member(0.5, 0, 3.0), _member(0.5, 1, 1.0))

    torch.testing.assert_close(both, made(_plain(0.5)), rtol=1e-4, atol=1e-5)


def test_a_guider_without_members_stays_as_it_is() -> None:
    guider = guided(MODEL, ClassifierFree(2.0), positive=[_plain(0.5)], negative=NEGATIVE).guider

    assert composed(guider) is guider
