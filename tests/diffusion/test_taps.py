"""Weighted sums along an axis."""

import pytest
import torch

from diffusion.taps import weigh


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_it_is_a_product_with_a_matrix(axis: int) -> None:
    x = torch.rand(4, 4, 4, generator=torch.Generator().manual_seed(1))
    places = torch.tensor([[0, 3, 1], [2, 2, 1]])
    weights = torch.tensor([[1.0, 0.5, 0.25], [-1.0, 0.5, 0.25]])
    matrix = torch.tensor([[1, 0, -1, 0], [0, 0, 0.5, 0.5], [0, 0.5, 0, 0]])

    weighed = weigh(x, axis, places, weights)

    expected = torch.tensordot(x, matrix, ([axis], [1])).movedim(-1, axis)
    torch.testing.assert_close(weighed, expected)
