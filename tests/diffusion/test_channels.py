"""Channels as masks, and masks as transparency."""

import pytest
import torch

from diffusion.channels import channel_mask, colour_mask, join_alpha
from diffusion.errors import DiffusionError

_COLOURS = torch.tensor([[[[1.0, 0.5, 0.0], [1.0, 0.0, 0.5]]]])


def test_a_colour_is_found_to_the_nearest_level() -> None:
    assert colour_mask(_COLOURS, 0xFF8000).tolist() == [[[1.0, 0.0]]]
    assert colour_mask(_COLOURS + 0.001, 0xFF8000).tolist() == [[[1.0, 0.0]]]
    assert colour_mask(_COLOURS, 0xFF8100).tolist() == [[[0.0, 0.0]]]


def test_only_a_picture_in_colour_has_colours() -> None:
    with pytest.raises(DiffusionError, match="one with 1 channels came"):
        colour_mask(torch.zeros(1, 2, 2, 1), 0)


@pytest.mark.parametrize(("channel", "values"), [("red", [1, 1]), ("blue", [0, 0.5])])
def test_a_channel_is_its_values(channel: str, values: list[float]) -> None:
    assert channel_mask(_COLOURS, channel).flatten().tolist() == values


def test_a_channel_that_is_not_there_is_missed() -> None:
    with pytest.raises(DiffusionError, match="'alpha' was asked for, but the picture has 3"):
        channel_mask(_COLOURS, "alpha")


def test_a_mask_becomes_transparency_and_replaces_what_was_there() -> None:
    joined = join_alpha(torch.ones(1, 1, 2, 4), torch.tensor([[[0.0, 0.75]]]))

    assert joined.tolist() == [[[[1, 1, 1, 1], [1, 1, 1, 0.25]]]]


def test_pictures_and_masks_are_joined_item_by_item() -> None:
    masks = torch.arange(3.0)[:, None, None] * torch.full((3, 2, 2), 0.5)

    joined = join_alpha(torch.zeros(1, 2, 2, 1), masks)

    assert joined[:, 0, 0].tolist() == [[0, 0, 0, 1], [0, 0, 0, 0.5], [0, 0, 0, 0]]
