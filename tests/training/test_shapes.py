import numpy as np
import pytest

from training.shapes import Shape, coverage


@pytest.mark.parametrize("shape", list(Shape))
def test_a_shape_lies_within_its_radius_of_its_centre(shape: Shape) -> None:
    mask = coverage(shape, 30.0, 34.0, 12.0)
    rows, columns = np.nonzero(mask)
    assert mask.max() == 1.0
    assert columns.min() >= 17
    assert columns.max() <= 42
    assert rows.min() >= 21
    assert rows.max() <= 46


def test_a_circle_covers_its_area_to_a_hundredth() -> None:
    assert coverage(Shape.CIRCLE, 32.0, 32.0, 20.0).sum() == pytest.approx(np.pi * 400, rel=0.02)


def test_a_ring_is_open_in_the_middle() -> None:
    assert coverage(Shape.RING, 32.0, 32.0, 20.0)[32, 32] == 0.0


@pytest.mark.parametrize("shape", list(Shape))
def test_a_shape_moved_by_whole_pixels_is_the_same_shape(shape: Shape) -> None:
    here, there = coverage(shape, 20.0, 24.0, 10.0), coverage(shape, 25.0, 31.0, 10.0)
    assert np.array_equal(np.roll(here, (7, 5), axis=(0, 1)), there)


def test_an_edge_through_a_pixel_covers_a_part_of_it() -> None:
    edges = coverage(Shape.CIRCLE, 32.0, 32.0, 10.3)
    assert ((edges > 0.0) & (edges < 1.0)).any()
