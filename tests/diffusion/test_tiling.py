"""Tiles cover a map exactly once in weight, whatever its size."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from diffusion.tiling import Grid, Row, Tiling


@st.composite
def _rows(draw: st.DrawFn) -> tuple[Row, int]:
    size = draw(st.integers(1, 40))
    overlap = draw(st.integers(0, size // 4))
    return Row.over(draw(st.integers(1, 300)), size, overlap), overlap


@given(_rows(), st.sampled_from([1, 2, 8]))
@settings(deadline=None)
def test_weights_along_a_side_add_up_to_one_everywhere(made: tuple[Row, int], scale: int) -> None:
    row, _ = made
    total = torch.zeros(row.length * scale)
    for number, start in enumerate(row.starts):
        weights = row.weights(number, scale)
        assert len(weights) == row.size * scale
        assert weights.min() >= 0.0
        assert weights.max() <= 1.0
        total[start * scale : (start + row.size) * scale] += weights

    assert torch.allclose(total, torch.ones(1), atol=1e-5)


@given(_rows())
@settings(deadline=None)
def test_tiles_are_spread_from_end_to_end_and_share_what_they_should(made: tuple[Row, int]) -> None:
    row, overlap = made

    assert row.starts[0] == 0
    assert row.starts[-1] + row.size == row.length
    for before, after in zip(row.starts, row.starts[1:], strict=False):
        assert before < after
        assert before + row.size - after >= overlap


@given(_rows())
@settings(deadline=None)
def test_no_more_tiles_are_made_than_are_needed(made: tuple[Row, int]) -> None:
    row, overlap = made
    fewer = len(row.starts) - 1

    assert fewer == 0 or fewer * (row.size - overlap) + overlap < row.length


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 20))
@settings(deadline=None, max_examples=50)
def test_weights_over_a_map_add_up_to_one_everywhere(height: int, width: int, size: int) -> None:
    grid = Grid.over(height, width, size, size // 4)
    total = torch.zeros(height * 2, width * 2)
    boxes = list(grid)
    for box in boxes:
        total[box.area(2)] += box.weights(2)

    assert len(boxes) == len(grid)
    assert torch.allclose(total, torch.ones(1), atol=1e-5)


def test_elements_near_the_edge_of_a_tile_do_not_count_where_another_knows_more() -> None:
    row = Row.over(28, 16, 4)

    assert row.starts == (0, 12)
    assert row.weights(0).tolist() == [1.0] * 13 + [1.0, 0.0, 0.0]


def test_a_picture_is_cut_in_latent_elements() -> None:
    assert Tiling(512, 64).of_latents(8) == (64, 8)
    assert Tiling(512, 4096).of_latents(8) == (64, 16)
    assert Tiling(64, 0).of_latents(16) == (4, 0)
    assert Tiling(1, 1).of_latents(8) == (1, 0)
