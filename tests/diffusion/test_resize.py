"""Resizing of latents, against closed forms."""

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from diffusion.errors import DiffusionError
from diffusion.resize import METHODS, bislerp, crop_to_aspect, resize, slerp


def _random(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("method", METHODS)
def test_every_method_makes_the_size_it_is_asked_for(method: str) -> None:
    assert resize(_random(2, 4, 6, 8), 5, 11, method).shape == (2, 4, 11, 5)


@pytest.mark.parametrize("method", METHODS)
def test_a_constant_stays_constant(method: str) -> None:
    vector = torch.tensor([1.0, -2.0, 0.5, 0.0])
    constant = vector[None, :, None, None].expand(1, 4, 8, 8)

    resized = resize(constant, 13, 5, method)

    torch.testing.assert_close(resized, vector[None, :, None, None].expand(1, 4, 5, 13))


def test_an_unknown_method_is_refused_with_the_closest() -> None:
    with pytest.raises(DiffusionError, match="did you mean 'bicubic'"):
        resize(_random(1, 4, 8, 8), 4, 4, "bicubik")


def test_slerp_between_perpendicular_vectors_walks_the_circle() -> None:
    start = torch.tensor([[2.0], [0.0]])
    end = torch.tensor([[0.0], [2.0]])

    third = slerp(start, end, torch.tensor(1 / 3))

    expected = torch.tensor([[2 * math.cos(math.pi / 6)], [2 * math.sin(math.pi / 6)]])
    torch.testing.assert_close(third, expected)


def test_slerp_changes_length_linearly() -> None:
    start, end = _random(4, 50), 3 * _random(4, 50).flip(0)
    amounts = torch.linspace(0, 1, 50)

    lengths = slerp(start, end, amounts).norm(dim=0)

    expected = torch.lerp(start.norm(dim=0), end.norm(dim=0), amounts)
    torch.testing.assert_close(lengths, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("start", "end"),
    [([1.0, 0.0], [3.0, 0.0]), ([1.0, 0.0], [-3.0, 0.0]), ([0.0, 0.0], [0.0, 2.0])],
    ids=["the same way", "opposite ways", "nowhere"],
)
def test_slerp_is_straight_where_vectors_span_no_circle(
    start: list[float], end: list[float]
) -> None:
    first, last = torch.tensor(start)[:, None], torch.tensor(end)[:, None]

    quarter = slerp(first, last, torch.tensor(0.25))

    torch.testing.assert_close(quarter, 0.75 * first + 0.25 * last)


def test_bislerp_of_the_same_size_changes_nothing() -> None:
    latents = _random(2, 4, 6, 8)

    torch.testing.assert_close(bislerp(latents, 8, 6), latents, rtol=1e-4, atol=1e-5)


def test_bislerp_of_parallel_vectors_is_bilinear() -> None:
    # Vectors of one direction span no circle, so spherical interpolation has nothing to bend.
    lengths = _random(1, 1, 6, 8).abs() + 0.5
    latents = lengths * torch.tensor([0.5, -0.5, 0.5, 0.5])[None, :, None, None]

    expected = functional.interpolate(latents, size=(9, 20), mode="bilinear")

    torch.testing.assert_close(bislerp(latents, 20, 9), expected, rtol=1e-4, atol=1e-5)


def test_bislerp_keeps_the_strength_that_bilinear_loses() -> None:
    latents = _random(1, 4, 16, 16)

    spherical = bislerp(latents, 32, 32).std()
    straight = functional.interpolate(latents, size=(32, 32), mode="bilinear").std()

    assert straight < 0.8 * latents.std()
    assert spherical > 0.9 * latents.std()


@pytest.mark.parametrize(
    ("size", "columns", "rows"),
    [((4, 4), slice(2, 6), slice(0, 4)), ((8, 2), slice(0, 8), slice(1, 3))],
    ids=["narrower", "flatter"],
)
def test_cropping_takes_the_middle(size: tuple[int, int], columns: slice, rows: slice) -> None:
    latents = _random(1, 4, 4, 8)

    assert torch.equal(crop_to_aspect(latents, *size), latents[:, :, rows, columns])


def test_cropping_leaves_a_pixel_whatever_the_aspect() -> None:
    assert crop_to_aspect(_random(1, 4, 4, 4), 1000, 1).shape == (1, 4, 2, 4)
