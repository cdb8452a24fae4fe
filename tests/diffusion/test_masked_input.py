"""What inpainting models see beside the noisy latent."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from diffusion.conditioning import Condition
from diffusion.guidance import answer_together, classifier_free
from diffusion.masked_input import seen_beside
from diffusion.masks import Inpainting
from diffusion.placing import place
from diffusion.samplers.question import Question
from diffusion.sampling import sample
from tests.diffusion.formula_model import formula_model
from tests.diffusion.tiny_unet import tiny_model

INPAINTING = replace(formula_model(), extra_channels=5)
ORIGINAL = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(1))
GREY = torch.tensor([0.8223, -0.6876, 0.6364, 0.1380]).reshape(1, 4, 1, 1).expand(2, 4, 8, 8)


def _mask(value: float = 1.0, size: int = 64) -> torch.Tensor:
    mask = torch.zeros(1, 1, size, size)
    mask[..., size // 2 :] = value
    return mask


def test_without_a_mask_everything_is_missing_from_a_grey_picture() -> None:
    seen = seen_beside({}, INPAINTING, ORIGINAL, None)

    assert seen is not None
    assert torch.equal(seen[:, :1], torch.ones(2, 1, 8, 8))
    torch.testing.assert_close(seen[:, 1:], GREY)


def test_the_runs_own_mask_and_latent_stand_in() -> None:
    seen = seen_beside({}, INPAINTING, ORIGINAL, _mask(0.7, 8))

    assert seen is not None
    assert torch.equal(seen[:, :1], _mask(1.0, 8).expand(2, 1, 8, 8))
    assert torch.equal(seen[:, 1:], ORIGINAL)


def test_what_the_conditioning_brings_is_fitted_and_brought_into_units() -> None:
    picture = torch.full((1, 4, 16, 16), 2.0)
    options = {"concat_mask": _mask(), "concat_latent_image": picture}

    seen = seen_beside(options, INPAINTING, ORIGINAL, _mask(0.0, 8))

    assert seen is not None
    assert torch.equal(seen[:, :1], _mask(1.0, 8).expand(2, 1, 8, 8))
    torch.testing.assert_close(seen[:, 1:], torch.full((2, 4, 8, 8), 2.0 * 0.18215))


def test_models_that_edit_see_the_picture_alone_as_it_is() -> None:
    model = replace(formula_model(), extra_channels=4)
    picture = torch.full((1, 4, 8, 8), 2.0)

    seen = seen_beside({"concat_latent_image": picture}, model, ORIGINAL, None)
    blank = seen_beside({}, model, ORIGINAL, None)

    assert seen is not None
    assert torch.equal(seen, picture.expand(2, 4, 8, 8))
    assert blank is not None
    assert not bool(blank.any())


def test_other_models_see_nothing_beside_the_latent() -> None:
    assert seen_beside({"concat_mask": _mask()}, formula_model(), ORIGINAL, None) is None


def test_an_area_sees_its_part() -> None:
    condition = Condition(torch.ones(1, 77, 8), options={"area": (4, 4, 2, 4)})

    (placed,) = place({"positive": [condition]}, INPAINTING, ORIGINAL, _mask(1.0, 8))["positive"]
    evaluation = placed.evaluation(ORIGINAL, 1.0)

    assert evaluation.beside is not None
    assert torch.equal(evaluation.beside[:, 1:], ORIGINAL[..., 2:6, 4:8])
    assert torch.equal(evaluation.beside[:, 1:], evaluation.x)


def test_a_network_of_nine_channels_gets_the_latent_scaled_and_the_rest_as_it_is() -> None:
    model = tiny_model(9)
    conditions = [Condition(torch.ones(1, 77, 8))]
    network: Any = model.network
    sigma = 3.0

    guider = classifier_free(conditions, conditions, 1.0).placed(model, ORIGINAL)
    answer = answer_together(model, [(guider, Question(ORIGINAL, sigma, 0))])[0].denoised

    space = model.parameterisation
    beside = torch.cat((torch.ones(2, 1, 8, 8), GREY), dim=1)
    shown = torch.cat((ORIGINAL / (sigma**2 + 1.0) ** 0.5, beside), dim=1)
    timestep = torch.full((2,), space.timestep(sigma))
    raw = network.module(shown, timestep, torch.ones(2, 77, 8)).sample
    torch.testing.assert_close(answer, ORIGINAL - sigma * raw, rtol=1e-4, atol=1e-5)


def test_an_inpainting_model_samples_with_a_mask_and_keeps_the_rest() -> None:
    latent = {"samples": ORIGINAL, "noise_mask": _mask()}
    prompt: list[tuple[torch.Tensor, dict[str, object]]] = [(torch.ones(1, 77, 8), {})]

    made = sample(
        tiny_model(9),
        prompt,
        prompt,
        latent,
        seed=1,
        steps=3,
        cfg=2.0,
        sampler="euler",
        schedule="normal",
    )

    torch.testing.assert_close(made[..., :4], ORIGINAL[..., :4], rtol=1e-4, atol=1e-4)
    assert (made[..., 4:] - ORIGINAL[..., 4:]).abs().min() > 0.0


@pytest.mark.parametrize("extra", [0, 5])
def test_the_mask_of_a_run_reaches_the_guider(extra: int) -> None:
    model = replace(formula_model(), extra_channels=extra)
    mask = _mask(1.0, 8)
    inpainting = Inpainting(mask, ORIGINAL, ORIGINAL, model.parameterisation)
    guider = classifier_free([Condition(torch.ones(1, 77, 8))], [], 1.0)

    placed = guider.placed(model, ORIGINAL, inpainting).sides["positive"][0].prompt.beside

    assert (placed is None) == (extra == 0)
    if placed is not None:
        assert torch.equal(placed[:, :1], mask.expand(2, 1, 8, 8))
