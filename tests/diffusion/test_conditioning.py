"""CONDITIONING read into conditions."""

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


def test_an_embedding_of_another_shape_is_refused() -> None:
    with pytest.raises(DiffusionError, match=r"\[77, 8\] came"):
        read_conditioning([(torch.ones(77, 8), {})], stable_diffusion(), "cpu")
