"""Brownian step noise: one path, whatever the steps."""

import math

import pytest
import torch

from diffusion.brownian import BrownianNoise

SHAPE = (1, 4, 32, 32)


def _noise(seed: int = 3) -> BrownianNoise:
    return BrownianNoise(torch.zeros(SHAPE), seed, 0.0291671585, 14.6146411896)


@pytest.mark.parametrize(("sigma", "sigma_next"), [(14.6146411896, 7.0), (1.0, 0.9), (0.5, 0.03)])
def test_it_has_unit_variance(sigma: float, sigma_next: float) -> None:
    noise = _noise()(sigma, sigma_next)

    assert float(noise.std()) == pytest.approx(1.0, abs=0.05)
    assert float(noise.mean()) == pytest.approx(0.0, abs=0.05)


def test_two_short_steps_see_the_noise_of_the_long_one() -> None:
    noise = _noise()
    long = noise(4.0, 1.0) * math.sqrt(3.0)
    first, second = noise(4.0, 2.0) * math.sqrt(2.0), noise(2.0, 1.0)

    torch.testing.assert_close(first + second, long, rtol=1e-4, atol=1e-4)


def test_the_same_seed_is_the_same_path_in_any_order() -> None:
    forth, back = _noise(), _noise()
    steps = [(14.0, 6.0), (6.0, 1.0), (1.0, 0.1)]

    asked_forth = {step: forth(*step) for step in steps}
    asked_back = {step: back(*step) for step in reversed(steps)}

    for step in steps:
        torch.testing.assert_close(asked_forth[step], asked_back[step], rtol=1e-4, atol=1e-4)
    assert not torch.allclose(_noise(4)(6.0, 1.0), asked_forth[6.0, 1.0])


def test_levels_a_rounding_beyond_the_ends_are_the_ends() -> None:
    assert bool(torch.isfinite(_noise()(14.61464119, 0.02916715)).all())
