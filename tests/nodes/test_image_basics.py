"""Plain pictures, and pictures cut, inverted and put together."""

import pytest
import torch

from graph.errors import NodeInputError
from nodes.image_basics import (
    empty_image,
    image_batch,
    image_crop,
    image_from_batch,
    image_invert,
)


def _pictures(batch: int = 3, channels: int = 3) -> torch.Tensor:
    generator = torch.Generator().manual_seed(5)
    return torch.rand(batch, 6, 8, channels, generator=generator)


def test_an_empty_picture_has_one_colour() -> None:
    pictures = empty_image(width=3, height=2, batch_size=4, color=0xFF3300)

    assert pictures.shape == (4, 2, 3, 3)
    torch.testing.assert_close(pictures[3, 1, 2], torch.tensor([1.0, 0.2, 0.0]))
    assert float(pictures.var(dim=(0, 1, 2)).max()) == 0.0


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_inverting_twice_changes_nothing(channels: int) -> None:
    pictures = _pictures(channels=channels)

    torch.testing.assert_close(image_invert(image_invert(pictures)), pictures)


def test_the_negative_of_a_picture_is_as_transparent_as_it() -> None:
    pictures = _pictures(channels=4)

    inverted = image_invert(pictures)

    assert torch.equal(inverted[..., 3], pictures[..., 3])
    torch.testing.assert_close(inverted[..., :3] + pictures[..., :3], torch.ones(3, 6, 8, 3))


def test_a_crop_is_the_area_asked_for() -> None:
    assert torch.equal(image_crop(_pictures(), 3, 2, x=4, y=1), _pictures()[:, 1:3, 4:7])


@pytest.mark.parametrize(("x", "y", "shape"), [(6, 0, (6, 2)), (0, 5, (1, 8)), (99, 99, (1, 1))])
def test_of_an_area_that_reaches_beyond_the_picture_the_rest_is_left(
    x: int, y: int, shape: tuple[int, int]
) -> None:
    assert image_crop(_pictures(), 512, 512, x, y).shape[1:3] == shape


def test_two_batches_become_one() -> None:
    first, second = _pictures(3), 1.0 - _pictures(2)

    assert torch.equal(image_batch(first, second), torch.cat((first, second)))


def test_the_second_batch_is_brought_to_the_first_ones_size_and_channels() -> None:
    joined = image_batch(_pictures(1, channels=4), torch.full((1, 12, 12, 3), 0.5))

    assert joined.shape == (2, 6, 8, 4)
    torch.testing.assert_close(joined[1, ..., :3], torch.full((6, 8, 3), 0.5))
    torch.testing.assert_close(joined[1, ..., 3], torch.ones(6, 8))


@pytest.mark.parametrize(
    ("index", "length", "items"), [(0, 1, [0]), (1, 2, [1, 2]), (2, 9, [2]), (4095, 4096, [2])]
)
def test_pictures_are_taken_out_of_a_batch(index: int, length: int, items: list[int]) -> None:
    assert torch.equal(image_from_batch(_pictures(), index, length), _pictures()[items])


def test_what_was_taken_or_cut_out_shares_no_memory() -> None:
    pictures = _pictures()

    image_from_batch(pictures, 0, 1).zero_()
    image_crop(pictures, 4, 4).zero_()
    image_invert(pictures).zero_()

    assert torch.equal(pictures, _pictures())


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(
        NodeInputError, match=r"input 'image': pictures have shape.*\[6, 8, 3\] came"
    ):
        image_crop(_pictures()[0], 4, 4)
