"""Blur and sharpening, against the Gaussian written out."""

import math

import pytest
import torch
from torch import Tensor

from diffusion.blur import gaussian_blur, sharpen


def _random(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(3))


def test_a_point_becomes_the_gaussian() -> None:
    point = torch.zeros(1, 9, 9, 1)
    point[0, 4, 4] = 1.0

    blurred = gaussian_blur(point, radius=2, sigma=0.5)

    # Two pixels from the centre is one radius, which is two standard deviations.
    along = [math.exp(-0.5 * (offset / 2 / 0.5) ** 2) for offset in (-2, -1, 0, 1, 2)]
    total = sum(along)
    for row in range(5):
        for column in range(5):
            expected = along[row] * along[column] / total**2
            assert float(blurred[0, 2 + row, 2 + column, 0]) == pytest.approx(expected, abs=1e-7)
    assert float(blurred[0, 1].abs().max()) == 0.0


def test_an_edge_is_mirrored_and_not_doubled() -> None:
    line = torch.tensor([0.0, 1.0, 0.0, 0.0])[None, None, :, None]

    blurred = gaussian_blur(line, radius=1, sigma=10.0)

    thirds = [2 / 3, 1 / 3, 1 / 3, 0.0]
    assert blurred.flatten().tolist() == pytest.approx(thirds, abs=5e-3)


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (2, 3), (40, 40)])
@pytest.mark.parametrize("radius", [1, 7, 31])
def test_an_even_picture_stays_as_it_is_however_small(size: tuple[int, int], radius: int) -> None:
    picture = torch.full((2, *size, 3), 0.3)

    torch.testing.assert_close(gaussian_blur(picture, radius, 1.0), picture)
    torch.testing.assert_close(sharpen(picture, radius, 1.0, 1.0), picture)


def test_sharpening_adds_ten_times_what_the_blur_took() -> None:
    picture = 0.4 + 0.05 * _random(2, 8, 9, 3)

    sharpened = sharpen(picture, 2, 0.7, 0.3)

    expected = picture + 3.0 * (picture - gaussian_blur(picture, 2, 0.7))
    torch.testing.assert_close(sharpened, expected)


def test_sharpening_without_strength_changes_nothing() -> None:
    assert torch.equal(sharpen(_random(1, 8, 8, 3), 3, 1.0, 0.0), _random(1, 8, 8, 3))


def test_sharpening_stays_within_what_a_picture_can_show() -> None:
    sharpened = sharpen(_random(1, 16, 16, 3).round(), 2, 1.0, 5.0)

    assert float(sharpened.min()) == 0.0
    assert float(sharpened.max()) == 1.0


def test_items_of_a_batch_and_channels_are_blurred_apart() -> None:
    batch = _random(3, 7, 6, 4)

    blurred = gaussian_blur(batch, 2, 1.0)

    for item in range(3):
        for channel in range(4):
            alone = gaussian_blur(batch[item : item + 1, ..., channel : channel + 1], 2, 1.0)
            torch.testing.assert_close(blurred[item, ..., channel], alone[0, ..., 0])
