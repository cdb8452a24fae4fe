"""Bayer's pattern."""

import pytest
import torch

from diffusion.dithering import bayer_dither, bayer_matrix


def test_the_smallest_patterns_are_bayers() -> None:
    assert bayer_matrix(2).tolist() == [[0, 2], [3, 1]]
    assert bayer_matrix(4).tolist() == [
        [0, 8, 2, 10],
        [12, 4, 14, 6],
        [3, 11, 1, 9],
        [15, 7, 13, 5],
    ]


@pytest.mark.parametrize("order", [2, 4, 8, 16])
def test_every_threshold_is_there_once(order: int) -> None:
    assert sorted(bayer_matrix(order).flatten().tolist()) == list(range(order**2))


def test_the_pattern_is_laid_over_all_of_a_picture() -> None:
    picture = torch.full((2, 5, 3, 3), 0.5)

    dithered = bayer_dither(picture, 2, spread=0.4)

    rows = [[0.3, 0.5, 0.3], [0.6, 0.4, 0.6]]
    expected = torch.tensor([*rows, *rows, rows[0]])[None, ..., None].expand(2, 5, 3, 3)
    torch.testing.assert_close(dithered, expected)


def test_the_result_is_a_picture() -> None:
    dithered = bayer_dither(torch.tensor([0.0, 1.0]).reshape(1, 1, 2, 1), 2, spread=1.0)

    assert dithered.flatten().tolist() == [0.0, 1.0]
