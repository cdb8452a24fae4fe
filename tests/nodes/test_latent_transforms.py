"""Latents scaled, flipped, turned and cropped."""

from typing import Any

import pytest
import torch

from diffusion.resize import METHODS, resize
from graph.errors import NodeInputError
from nodes.latent_transforms import latent_crop, latent_flip, latent_rotate, latent_upscale_by


def _latent(height: int = 16, width: int = 24) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(5)
    samples = torch.randn(2, 4, height, width, generator=generator)
    mask = torch.rand(1, 1, height * 8, width * 8, generator=generator)
    return {"samples": samples, "noise_mask": mask, "type": "kept"}


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(
        torch.equal(one[key], other[key]) if torch.is_tensor(one[key]) else one[key] == other[key]
        for key in one | other
    )


@pytest.mark.parametrize("method", METHODS)
def test_both_sides_are_scaled_by_the_factor(method: str) -> None:
    latent = _latent()

    scaled = latent_upscale_by(latent, method, 1.47)

    assert torch.equal(scaled["samples"], resize(latent["samples"], 35, 24, method))
    assert scaled["noise_mask"] is latent["noise_mask"]


def test_something_is_left_however_small_the_factor() -> None:
    assert latent_upscale_by(_latent(), "area", 0.01)["samples"].shape == (2, 4, 1, 1)


@pytest.mark.parametrize("way", ["x-axis: vertically", "y-axis: horizontally"])
def test_flipping_twice_changes_nothing(way: str) -> None:
    latent = _latent()

    once = latent_flip(latent, way)

    assert not torch.equal(once["samples"], latent["samples"])
    assert not torch.equal(once["noise_mask"], latent["noise_mask"])
    assert _same(latent_flip(once, way), latent)


def test_vertically_the_top_comes_to_the_bottom() -> None:
    samples = torch.tensor([[1.0, 2.0], [3.0, 4.0]])[None, None]

    assert latent_flip({"samples": samples}, "x-axis: vertically")["samples"].tolist() == [
        [[[3.0, 4.0], [1.0, 2.0]]]
    ]


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        ("none", [[1.0, 2.0], [3.0, 4.0]]),
        ("90 degrees", [[3.0, 1.0], [4.0, 2.0]]),
        ("180 degrees", [[4.0, 3.0], [2.0, 1.0]]),
        ("270 degrees", [[2.0, 4.0], [1.0, 3.0]]),
    ],
)
def test_latents_turn_clockwise(rotation: str, expected: list[list[float]]) -> None:
    samples = torch.tensor([[1.0, 2.0], [3.0, 4.0]])[None, None]

    assert latent_rotate({"samples": samples}, rotation)["samples"].tolist() == [[expected]]


def test_four_quarters_are_a_whole_turn() -> None:
    latent = turned = _latent()

    for _ in range(4):
        turned = latent_rotate(turned, "90 degrees")

    assert _same(turned, latent)
    assert latent_rotate(latent, "90 degrees")["samples"].shape == (2, 4, 24, 16)


def test_a_crop_is_the_area_asked_for() -> None:
    latent = _latent()

    cropped = latent_crop(latent, width=64, height=72, x=40, y=16)

    assert torch.equal(cropped["samples"], latent["samples"][..., 2:11, 5:13])
    assert cropped["noise_mask"].shape == (1, 1, 9, 8)
    assert cropped["type"] == "kept"


def test_the_mask_is_cropped_as_the_latent_is() -> None:
    latent = _latent()
    mask = torch.zeros(1, 1, 128, 192)
    mask[..., 96:] = 1.0

    cropped = latent_crop({**latent, "noise_mask": mask}, 64, 64, x=64)

    assert cropped["noise_mask"][0, 0, 0].tolist() == [0.0] * 4 + [1.0] * 4


@pytest.mark.parametrize(
    ("area", "shape"),
    [((512, 512, 0, 0), (16, 24)), ((512, 512, 16384, 16384), (8, 8)), ((64, 64, 168, 0), (8, 8))],
)
def test_an_area_beyond_the_latent_is_what_is_left_of_it(
    area: tuple[int, int, int, int], shape: tuple[int, int]
) -> None:
    assert latent_crop(_latent(), *area)["samples"].shape[-2:] == shape


def test_of_a_latent_smaller_than_the_least_all_is_left() -> None:
    assert latent_crop(_latent(4, 5), 64, 64, 800, 800)["samples"].shape[-2:] == (4, 5)


def test_a_crop_shares_no_memory_with_its_latent() -> None:
    latent = _latent()

    latent_crop(latent, 64, 64)["samples"].zero_()

    assert latent["samples"][..., 0, 0].any()


@pytest.mark.parametrize("shape", [(4, 8, 8), (1, 16, 3, 8, 8)])
def test_what_is_no_latent_is_refused(shape: tuple[int, ...]) -> None:
    latent = {"samples": torch.zeros(shape)}

    with pytest.raises(NodeInputError, match="input 'samples': latents have shape"):
        latent_crop(latent, 64, 64)
    with pytest.raises(NodeInputError, match="input 'samples': latents have shape"):
        latent_upscale_by(latent, "area", 2.0)
