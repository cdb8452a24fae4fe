"""Parameterisations against the definitions of what a network predicts."""

import math

import pytest
import torch
from torch import Tensor

from diffusion.parameterisation import (
    Parameterisation,
    Prediction,
    edm,
    flux_flow,
    sd3_flow,
    stable_diffusion,
)


def _pair() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(5)
    picture, noise = torch.randn(2, 2, 4, 8, 8, generator=generator)
    return picture, noise


def _raw(space: Parameterisation, picture: Tensor, noise: Tensor, sigma: float) -> Tensor:
    """What a perfect network would answer."""
    scale = math.sqrt(1.0 + sigma**2)
    answers = {
        Prediction.EPS: noise,
        Prediction.X0: picture,
        # alpha · noise − sigma · picture of the variance-preserving mix
        Prediction.V: (noise - sigma * picture) / scale,
        Prediction.FLOW: noise - picture,
    }
    if space.prediction is not Prediction.EDM:
        return answers[space.prediction]
    x = picture + sigma * noise
    variance = sigma**2 + space.sigma_data**2
    skipped = x * space.sigma_data**2 / variance
    return (picture - skipped) * math.sqrt(variance) / (sigma * space.sigma_data)


@pytest.mark.parametrize(
    "space",
    [
        stable_diffusion(Prediction.EPS),
        stable_diffusion(Prediction.V),
        stable_diffusion(Prediction.X0),
        edm(sigma_data=0.5),
        sd3_flow(),
        flux_flow(),
    ],
    ids=lambda space: str(space.prediction),
)
@pytest.mark.parametrize("sigma", [0.05, 0.7, 0.99])
def test_a_perfect_answer_gives_the_picture_back(space: Parameterisation, sigma: float) -> None:
    picture, noise = _pair()
    x = space.noised(picture, noise, sigma)

    denoised = space.denoised(_raw(space, picture, noise, sigma), x, sigma)

    torch.testing.assert_close(denoised, picture, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("sigma", [0.05, 1.0, 14.6])
def test_the_network_sees_unit_variance(sigma: float) -> None:
    space = stable_diffusion()
    picture, noise = torch.randn(2, 1, 4, 64, 64, generator=torch.Generator().manual_seed(2))

    seen = space.scale_input(space.noised(picture, noise, sigma), sigma)

    assert float(seen.std()) == pytest.approx(1.0, abs=0.02)


def test_flow_models_see_x_as_it_is() -> None:
    picture, _ = _pair()

    assert sd3_flow().scale_input(picture, 0.3) is picture


def test_from_the_top_the_noise_has_the_picture_s_variance_too() -> None:
    space = stable_diffusion()
    picture, noise = _pair()

    whole = space.noised(picture, noise, 2.0, whole_way=True)

    torch.testing.assert_close(whole, picture + noise * math.sqrt(5.0))


def test_the_top_is_told_to_float32_rounding() -> None:
    space = stable_diffusion()

    assert space.starts_at_the_top(14.614640235900879)
    assert space.starts_at_the_top(80.0)
    assert not space.starts_at_the_top(14.6)


def test_a_flow_latent_stopped_on_the_way_can_be_noised_again() -> None:
    space = sd3_flow()
    picture, noise = _pair()
    x = space.noised(picture, noise, 0.4)

    again = space.noised(space.picture_part(x, 0.4), torch.zeros_like(noise), 0.4)

    torch.testing.assert_close(again, x)
