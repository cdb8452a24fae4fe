"""Growing and shrinking, against what the distance says of every pixel."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from diffusion.morphology import dilate_by_box, grow


def _random(height: int, width: int, seed: int = 3) -> Tensor:
    return torch.rand(2, height, width, generator=torch.Generator().manual_seed(seed))


def _within(mask: Tensor, row: int, column: int, distance: int, tapered: bool) -> Tensor:
    """The values of a picture within a distance of one of its pixels."""
    rows = (torch.arange(mask.shape[-2]) - row).abs()[:, None]
    columns = (torch.arange(mask.shape[-1]) - column).abs()[None, :]
    far = rows + columns if tapered else torch.maximum(rows, columns)
    return mask[:, far <= distance]


@given(
    height=st.integers(1, 9),
    width=st.integers(1, 9),
    distance=st.integers(0, 20),
    tapered=st.booleans(),
)
def test_each_pixel_gets_the_largest_value_within_the_distance(
    height: int, width: int, distance: int, tapered: bool
) -> None:
    mask = _random(height, width)

    grown = grow(mask, distance, tapered=tapered)
    shrunk = grow(mask, -distance, tapered=tapered)

    for row in range(height):
        for column in range(width):
            near = _within(mask, row, column, distance, tapered)
            assert torch.equal(grown[:, row, column], near.amax(dim=-1))
            assert torch.equal(shrunk[:, row, column], near.amin(dim=-1))


@pytest.mark.parametrize("tapered", [True, False])
def test_growing_in_two_strides_is_growing_by_their_sum(tapered: bool) -> None:
    mask = _random(30, 40)

    twice = grow(grow(mask, 3, tapered=tapered), 6, tapered=tapered)

    assert torch.equal(twice, grow(mask, 9, tapered=tapered))


def test_tapered_corners_are_those_of_a_diamond() -> None:
    point = torch.zeros(1, 5, 5)
    point[0, 2, 2] = 1.0

    assert grow(point, 1, tapered=True)[0, 1].tolist() == [0, 0, 1, 0, 0]
    assert grow(point, 1, tapered=False)[0, 1].tolist() == [0, 1, 1, 1, 0]


def test_growing_beyond_the_picture_fills_it() -> None:
    point = torch.zeros(1, 3, 200)
    point[0, 0, 0] = 1.0

    assert torch.equal(grow(point, 16384, tapered=True), torch.ones(1, 3, 200))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, [0, 0, 0, 0, 1, 0, 0, 0, 0]),
        (1, [0, 0, 0, 0, 1, 0, 0, 0, 0]),
        (3, [0, 0, 0, 1, 1, 1, 0, 0, 0]),
        (6, [0, 0, 1, 1, 1, 1, 1, 1, 0]),
    ],
)
def test_a_box_of_even_size_reaches_further_after_the_pixel(size: int, expected: list[int]) -> None:
    line = torch.zeros(1, 1, 9)
    line[0, 0, 4] = 1.0

    assert dilate_by_box(line, size).flatten().tolist() == expected


def test_a_box_larger_than_the_picture_fills_it() -> None:
    corner = torch.zeros(1, 4, 4)
    corner[0, 0, 0] = 1.0

    assert torch.equal(dilate_by_box(corner, 64), torch.ones(1, 4, 4))
