"""Batches of different length, shape and channels brought together."""

import pytest
import torch

from diffusion.batches import (
    as_images,
    as_latents,
    as_masks,
    fit_images,
    fit_latents,
    fit_masks,
    repeat_places,
    repeat_to,
    same_channels,
    same_length,
)
from diffusion.errors import DiffusionError


@pytest.mark.parametrize(
    ("length", "items"), [(1, [0]), (3, [0, 1, 2]), (5, [0, 1, 2, 0, 1]), (6, [0, 1, 2, 0, 1, 2])]
)
def test_a_short_batch_begins_again_and_a_long_one_is_cut(length: int, items: list[int]) -> None:
    batch = torch.arange(3.0)[:, None, None] * torch.ones(1, 2, 2)

    assert repeat_to(batch, length)[:, 0, 0].tolist() == items


def test_an_empty_batch_cannot_be_repeated() -> None:
    with pytest.raises(DiffusionError, match=r"at least 1 item.*\[0, 4, 8, 8\] came"):
        repeat_to(torch.zeros(0, 4, 8, 8), 2)


def test_the_shorter_of_two_batches_is_repeated() -> None:
    first, second = same_length(torch.arange(2), torch.arange(5))

    assert first.tolist() == [0, 1, 0, 1, 0]
    assert second.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("places", "times", "expected"),
    [
        ([0, 1], 1, [0, 1]),
        ([0, 1], 2, [0, 1, 2, 3]),
        ([3], 3, [3, 4, 5]),
        ([5, 2], 2, [5, 2, 9, 6]),
    ],
)
def test_no_two_copies_share_a_place(places: list[int], times: int, expected: list[int]) -> None:
    assert repeat_places(places, times) == expected


@pytest.mark.parametrize("shape", [(3, 5), (1, 3, 5), (1, 1, 3, 5)])
def test_a_mask_is_read_in_any_form(shape: tuple[int, ...]) -> None:
    assert as_masks(torch.zeros(shape)).shape == (1, 3, 5)


@pytest.mark.parametrize("shape", [(4,), (0, 8, 8), (1, 8, 8, 3)])
def test_what_is_no_mask_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DiffusionError, match="a mask has shape"):
        as_masks(torch.zeros(shape))


@pytest.mark.parametrize("shape", [(8, 8, 3), (0, 8, 8, 3), (1, 8, 8)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DiffusionError, match="pictures have shape"):
        as_images(torch.zeros(shape))


@pytest.mark.parametrize("shape", [(4, 8, 8), (0, 4, 8, 8), (1, 16, 3, 8, 8)])
def test_what_is_no_latent_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DiffusionError, match="latents have shape"):
        as_latents(torch.zeros(shape))


def test_masks_are_resized_bilinearly() -> None:
    mask = torch.tensor([[0.0, 1.0]])

    assert fit_masks(mask, 4, 1).tolist() == [[[0.0, 0.25, 0.75, 1.0]]]
    assert fit_masks(mask, 2, 1).tolist() == [[[0.0, 1.0]]]


def test_latents_of_another_shape_lose_their_sides() -> None:
    latents = torch.arange(4.0).expand(1, 4, 2, 4)

    fitted = fit_latents(latents, torch.zeros(1, 4, 4, 4), "nearest-exact")

    assert fitted[0, 0, 0].tolist() == [1.0, 1.0, 2.0, 2.0]
    assert fit_latents(latents, latents, "bilinear") is latents


def test_pictures_are_resized_as_latents_are() -> None:
    picture = torch.rand(2, 6, 4, 3, generator=torch.Generator().manual_seed(1))

    fitted = fit_images(picture, torch.zeros(1, 5, 7, 3), "bilinear")

    expected = fit_latents(picture.movedim(-1, 1), torch.zeros(1, 3, 5, 7), "bilinear")
    assert torch.equal(fitted.movedim(-1, 1), expected)


def test_a_picture_without_alpha_is_opaque() -> None:
    grey, clear = same_channels(torch.full((1, 1, 1, 1), 0.25), torch.zeros(1, 1, 1, 4))

    assert grey.flatten().tolist() == [0.25, 0.25, 0.25, 1.0]
    assert clear.shape == (1, 1, 1, 4)
