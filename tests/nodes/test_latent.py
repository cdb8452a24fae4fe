"""Latents made, taken out of a batch, and resized."""

from typing import Any

import pytest
import torch

from diffusion.resize import METHODS, bislerp
from nodes.latent import UPSCALE_METHODS, empty_latent_image, latent_from_batch, latent_upscale


def _latents(batch: int = 4, height: int = 8, width: int = 8) -> torch.Tensor:
    return torch.randn(batch, 4, height, width, generator=torch.Generator().manual_seed(5))


def test_an_empty_latent_is_zeros_of_an_eighth_of_the_size() -> None:
    samples = empty_latent_image(width=64, height=136, batch_size=3)["samples"]

    assert torch.equal(samples, torch.zeros(3, 4, 17, 8))


def test_latents_from_a_batch_know_their_places() -> None:
    batch: dict[str, Any] = {"samples": _latents(), "type": "kept"}

    taken = latent_from_batch(batch, batch_index=1, length=2)

    assert torch.equal(taken["samples"], batch["samples"][1:3])
    assert taken["batch_index"] == [1, 2]
    assert taken["type"] == "kept"


def test_places_are_those_in_the_first_batch() -> None:
    twice = latent_from_batch(latent_from_batch({"samples": _latents()}, 1, 3), 1, 2)

    assert twice["batch_index"] == [2, 3]


@pytest.mark.parametrize(("index", "length", "places"), [(9, 1, [3]), (2, 9, [2, 3])])
def test_beyond_the_end_there_is_only_what_is_left(
    index: int, length: int, places: list[int]
) -> None:
    assert latent_from_batch({"samples": _latents()}, index, length)["batch_index"] == places


@pytest.mark.parametrize(
    ("masks", "expected"), [(1, [0]), (4, [2, 3]), (2, [0, 1])], ids=["one", "all", "repeated"]
)
def test_each_latent_keeps_its_own_mask(masks: int, expected: list[int]) -> None:
    mask = torch.arange(masks).reshape(-1, 1, 1, 1) * torch.ones(1, 1, 64, 64)

    taken = latent_from_batch({"samples": _latents(), "noise_mask": mask}, 2, 2)

    assert taken["noise_mask"][:, 0, 0, 0].tolist() == expected


def test_what_was_taken_shares_no_memory_with_the_batch() -> None:
    batch = {"samples": _latents()}

    latent_from_batch(batch, 0, 1)["samples"].zero_()

    assert batch["samples"][0].any()


def test_the_upscaling_methods_are_those_of_the_numerics() -> None:
    assert UPSCALE_METHODS == METHODS


def _upscaled(
    samples: torch.Tensor, width: int, height: int, method: str = "bislerp", crop: str = "disabled"
) -> torch.Tensor:
    latent = {"samples": samples, "noise_mask": "kept"}
    resized = latent_upscale(latent, method, width, height, crop=crop)
    assert resized["noise_mask"] == "kept"
    tensor = resized["samples"]
    assert isinstance(tensor, torch.Tensor)
    return tensor


def test_latents_are_resized_by_the_method_asked_for() -> None:
    samples = _latents()

    assert torch.equal(_upscaled(samples, 128, 96), bislerp(samples, 16, 12))


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [(0, 128, (16, 32)), (64, 0, (4, 8)), (0, 0, (8, 16)), (0, 2, (1, 1)), (8, 8, (1, 1))],
)
def test_a_side_of_zero_keeps_the_ratio(width: int, height: int, shape: tuple[int, int]) -> None:
    samples = _latents(height=8, width=16)

    assert _upscaled(samples, width, height).shape[-2:] == shape


def test_cropping_keeps_the_middle_and_its_proportions() -> None:
    samples = _latents(height=8, width=16)

    cropped = _upscaled(samples, 64, 64, "nearest-exact", crop="center")

    assert torch.equal(cropped, samples[..., 4:12])
