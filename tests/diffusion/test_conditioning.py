"""CONDITIONING read into conditions."""

import re

import pytest
import torch

from diffusion.conditioning import read_conditioning
from diffusion.errors import DiffusionError
from diffusion.parameterisation import sd3_flow, stable_diffusion

CONTEXT = torch.ones(1, 77, 8)


def test_percentages_become_noise_levels() -> None:
    space = stable_diffusion()
    entry = (CONTEXT, {"start_percent": 0.0, "end_percent": 0.5, "strength": 2.0})

    (condition,) = read_conditioning([entry], space, "cpu")

    assert condition.options["strength"] == 2.0
    assert condition.sigma_from >= space.sigma_max
    assert condition.sigma_to == space.sigma(499.5)


def test_without_percentages_it_always_holds() -> None:
    for space in (stable_diffusion(), sd3_flow()):
        (condition,) = read_conditioning([(CONTEXT, {})], space, "cpu")
        assert condition.sigma_to <= space.sigma_min
        assert condition.sigma_from >= space.sigma_max


@pytest.mark.parametrize("shape", [(77, 8), (1, 0, 8), (0, 77, 8)])
def test_an_embedding_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DiffusionError, match=re.escape(f"{list(shape)} came")):
        read_conditioning([(torch.ones(shape), {})], stable_diffusion(), "cpu")
