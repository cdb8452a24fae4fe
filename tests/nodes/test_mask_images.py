"""Masks of pictures, and pictures of masks."""

import pytest
import torch
from PIL import Image

from graph.context import NodeContext
from graph.errors import NodeInputError
from nodes.mask_images import (
    image_color_to_mask,
    image_to_mask,
    join_image_with_alpha,
    mask_preview,
    mask_to_image,
    split_image_with_alpha,
)


def _pictures(channels: int = 3) -> torch.Tensor:
    return torch.rand(2, 6, 8, channels, generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize("channel", ["red", "green", "blue"])
def test_a_mask_becomes_grey_and_any_channel_of_it_is_the_mask(channel: str) -> None:
    mask = _pictures()[..., 0]

    picture = mask_to_image(mask)

    assert picture.shape == (2, 6, 8, 3)
    assert torch.equal(image_to_mask(picture, channel), mask)


def test_alpha_is_taken_as_it_is() -> None:
    pictures = _pictures(4)

    assert torch.equal(image_to_mask(pictures, "alpha"), pictures[..., 3])


def test_alpha_that_is_not_there_is_missed() -> None:
    with pytest.raises(
        NodeInputError,
        match="input 'image': the channel 'alpha' was asked for, but the picture has 3",
    ):
        image_to_mask(_pictures(), "alpha")


def test_a_colour_is_marked() -> None:
    pictures = _pictures()
    pictures[1, 2, 3] = torch.tensor([1.0, 0.2, 0.0])

    assert image_color_to_mask(pictures, 0xFF3300).nonzero().tolist() == [[1, 2, 3]]


@pytest.mark.parametrize("channels", [3, 4])
def test_what_was_joined_can_be_split(channels: int) -> None:
    pictures, mask = _pictures(channels), _pictures()[..., 1]

    colours, transparency = split_image_with_alpha(join_image_with_alpha(pictures, mask))

    assert torch.equal(colours, pictures[..., :3])
    torch.testing.assert_close(transparency, mask)


def test_a_mask_of_another_size_is_brought_to_the_pictures() -> None:
    joined = join_image_with_alpha(_pictures(), torch.full((1, 64, 64), 0.25))

    assert joined.shape == (2, 6, 8, 4)
    torch.testing.assert_close(joined[..., 3], torch.full((2, 6, 8), 0.75))


def test_a_picture_without_alpha_is_nowhere_transparent() -> None:
    colours, transparency = split_image_with_alpha(_pictures())

    assert torch.equal(colours, _pictures())
    assert torch.equal(transparency, torch.zeros(2, 6, 8))


def test_masks_are_shown_in_the_temporary_folder(context: NodeContext) -> None:
    mask = torch.tensor([[[0.0, 0.2], [0.4, 1.0]]])

    output = mask_preview(context, mask)

    (path,) = output.files
    assert path.parent == context.folders.temp
    assert output.ui == {"images": [{"filename": path.name, "subfolder": "", "type": "temp"}]}
    with Image.open(path) as picture:
        assert [picture.getpixel((x, y)) for y in (0, 1) for x in (0, 1)] == [
            (level, level, level) for level in (0, 51, 102, 255)
        ]
