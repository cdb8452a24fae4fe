"""Masks combined, cropped and feathered."""

import pytest
import torch
from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.mask_edits import MASK_OPERATIONS, combine, crop_area, feather

_BELOW = torch.tensor([0.0, 0.5, 0.75, 1.0])


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("multiply", [0.0, 0.5, 0.375, 0.5]),
        ("add", [0.0, 1.0, 1.0, 1.0]),
        ("subtract", [0.0, 0.0, 0.25, 0.5]),
        ("and", [0.0, 0.0, 0.0, 0.0]),
        ("or", [0.0, 1.0, 1.0, 1.0]),
        ("xor", [0.0, 1.0, 1.0, 1.0]),
    ],
)
def test_each_operation_is_its_formula(operation: str, expected: list[float]) -> None:
    above = torch.tensor([0.0, 1.0, 0.5, 0.5])

    combined = combine(_BELOW[None, None], above[None, None], 0, 0, operation)

    assert combined.flatten().tolist() == expected


@pytest.mark.parametrize("operation", MASK_OPERATIONS)
@pytest.mark.parametrize("place", [(4, 0), (0, 9), (16384, 16384)])
def test_a_mask_that_lies_outside_changes_nothing(operation: str, place: tuple[int, int]) -> None:
    below = torch.rand(2, 4, 4, generator=torch.Generator().manual_seed(1))

    assert torch.equal(combine(below, torch.ones(1, 4, 4), *place, operation), below)


def test_only_what_is_covered_changes() -> None:
    below = torch.zeros(1, 3, 4)

    combined = combine(below, torch.ones(3, 3), 2, 1, "add")

    assert combined.tolist() == [[[0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]]
    assert float(below.max()) == 0.0


def test_the_shorter_batch_is_repeated() -> None:
    assert combine(torch.zeros(1, 2, 2), torch.ones(3, 2, 2), 0, 0, "add").shape == (3, 2, 2)
    assert combine(torch.zeros(3, 2, 2), torch.ones(2, 2, 2), 0, 0, "add").mean() == 1.0


def test_an_unknown_operation_is_refused_with_the_closest() -> None:
    with pytest.raises(DiffusionError, match="did you mean 'multiply'"):
        combine(torch.zeros(2, 2), torch.zeros(2, 2), 0, 0, "multipli")


def test_feathered_edges_rise_in_even_steps() -> None:
    line = feather(torch.ones(1, 1, 8), left=4, top=0, right=2, bottom=0)

    assert line.flatten().tolist() == [0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 1.0, 0.5]


def test_top_and_bottom_are_feathered_as_left_and_right_are() -> None:
    mask = torch.rand(1, 8, 8, generator=torch.Generator().manual_seed(1))

    across = feather(mask, left=3, top=0, right=5, bottom=0)

    assert torch.equal(feather(mask.mT, left=0, top=3, right=0, bottom=5), across.mT)


def test_a_fade_wider_than_the_mask_ends_with_it() -> None:
    line = feather(torch.ones(1, 1, 4), left=16384, top=0, right=0, bottom=0)

    assert line.flatten().tolist() == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize(
    ("asked", "least", "rows", "columns"),
    [
        ((1, 2, 3, 4), 1, [2, 3, 4, 5], [1, 2, 3]),
        ((6, 0, 9, 1), 1, [0], [6, 7]),
        ((99, 99, 5, 5), 1, [5], [7]),
        ((99, 0, 5, 1), 4, [0], [4, 5, 6, 7]),
        ((0, 99, 1, 9), 7, [0, 1, 2, 3, 4, 5], [0]),
    ],
)
def test_an_area_keeps_to_the_picture(
    asked: tuple[int, int, int, int], least: int, rows: list[int], columns: list[int]
) -> None:
    picture = torch.zeros(6, 8)

    area = crop_area(picture, *asked, least=least)

    assert _numbers(6)[area[0]].tolist() == rows
    assert _numbers(8)[area[1]].tolist() == columns


def _numbers(size: int) -> Tensor:
    return torch.arange(size)
