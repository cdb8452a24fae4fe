"""Areas and masks of prompts, in cells of a latent."""

import pytest
import torch
from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.regions import Area, Region, read_area, read_region

LATENT = torch.zeros(2, 4, 64, 96)


def _region(**options: object) -> Region:
    return read_region(options, LATENT, sigma_from=float("inf"), sigma_to=0.0)


def _weights(**options: object) -> Tensor:
    weight = _region(**options).weight
    assert isinstance(weight, Tensor)
    return weight


def test_an_area_in_cells_is_taken_as_it_is() -> None:
    assert read_area({"area": (16, 24, 8, 4)}, 64, 96) == Area(16, 24, 8, 4)


def test_shares_become_cells_of_the_picture() -> None:
    given = ("percentage", 0.5, 0.25, 0.5, 0.75)

    assert read_area({"area": given}, 64, 96) == Area(32, 24, 32, 72)
    assert read_area({"area": ("percentage", 0.0, 0.0, 0.0, 0.0)}, 64, 96) == Area(1, 1, 0, 0)


def test_what_reaches_beyond_the_picture_is_cut_off() -> None:
    assert read_area({"area": (100, 100, 60, 90)}, 64, 96) == Area(4, 6, 60, 90)


@pytest.mark.parametrize(
    "given", [(8, 8, 64, 0), (8, 8, 0, 96), ("percentage", 0.5, 0.5, 1.0, 0.0)]
)
def test_an_area_outside_the_picture_is_one_clear_sentence(given: tuple[object, ...]) -> None:
    with pytest.raises(DiffusionError, match=r"lies outside the picture of 768 × 512 pixels"):
        read_area({"area": given}, 64, 96)


def test_an_area_of_a_video_is_refused() -> None:
    with pytest.raises(DiffusionError, match="area nodes for pictures"):
        read_area({"area": (1, 2, 3, 4, 5, 6)}, 64, 96)


def test_an_area_fades_in_from_borders_inside_the_picture_alone() -> None:
    weights = _weights(area=(40, 48, 0, 48), strength=2.0)[0, 0]

    assert weights.shape == (40, 48)
    rising = torch.arange(1, 9) / 8
    torch.testing.assert_close(weights[0, :8], 2.0 * rising)  # its left border
    torch.testing.assert_close(weights[0, -8:], torch.full((8,), 2.0))  # the picture's right one
    torch.testing.assert_close(weights[:8, -1], torch.full((8,), 2.0))  # the picture's upper one
    torch.testing.assert_close(weights[-8:, -1], 2.0 * rising.flip(0))  # its lower border
    torch.testing.assert_close(weights[-8:, :8], 2.0 * torch.outer(rising.flip(0), rising))


@pytest.mark.parametrize(("size", "reach"), [(31, 7), (12, 3), (4, 1), (3, 0), (1, 0)])
def test_a_small_area_fades_over_a_quarter_of_it(size: int, reach: int) -> None:
    weights = _weights(area=(size, 8, 20, 0))[0, 0, :, 0]

    assert int((weights < 1.0).sum()) == 2 * max(reach - 1, 0)
    assert float(weights[0]) == pytest.approx(1.0 / max(reach, 1))
    torch.testing.assert_close(weights, weights.flip(0))


def test_a_mask_of_another_size_is_fitted_and_weighed() -> None:
    mask = torch.zeros(1, 512, 768)
    mask[..., 384:] = 0.5

    weights = _weights(mask=mask, mask_strength=0.5, strength=2.0)

    assert weights.shape == (2, 1, 64, 96)
    assert float(weights[..., :48].abs().max()) == 0.0
    torch.testing.assert_close(weights[..., 48:], torch.full((2, 1, 64, 48), 0.5))


def test_a_mask_with_an_area_is_cropped_and_does_not_fade() -> None:
    region = _region(mask=torch.ones(64, 96), area=(16, 16, 8, 8))

    assert region.area == Area(16, 16, 8, 8)
    torch.testing.assert_close(region.weight, torch.ones(2, 1, 16, 16))


@pytest.mark.parametrize(
    ("rows", "columns", "expected"),
    [
        ((10, 30), (20, 50), Area(20, 30, 10, 20)),
        ((10, 11), (20, 21), Area(8, 8, 10, 20)),
        ((63, 64), (0, 96), Area(1, 96, 63, 0)),
        ((0, 0), (0, 0), Area(8, 8, 0, 0)),
    ],
)
def test_bounds_are_the_least_rectangle_around_a_mask(
    rows: tuple[int, int], columns: tuple[int, int], expected: Area
) -> None:
    masks = torch.zeros(2, 64, 96)
    masks[0, slice(*rows), slice(*columns)] = 1.0
    masks[1, slice(*rows), columns[0] : columns[0] + 1] = -0.1

    assert _region(mask=masks, set_area_to_bounds=True).area == expected


def test_without_any_of_it_a_prompt_counts_everywhere() -> None:
    assert _region(strength=0.7) == Region(None, 0.7)


def test_an_area_lies_in_another_or_does_not() -> None:
    area = Area(4, 4, 2, 2)

    assert area.lies_in(area)
    assert area.lies_in(Area(6, 6, 0, 0))
    assert not area.lies_in(Area(5, 6, 0, 0))
    assert not area.lies_in(Area(6, 6, 0, 3))
