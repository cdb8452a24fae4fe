"""Masks made and changed."""

import pytest
import torch

from diffusion.mask_edits import MASK_OPERATIONS, combine, feather
from diffusion.morphology import grow
from graph.errors import NodeInputError
from nodes.masks import (
    OPERATIONS,
    crop_mask,
    feather_mask,
    grow_mask,
    invert_mask,
    mask_composite,
    solid_mask,
    threshold_mask,
)


def _mask(batch: int = 2) -> torch.Tensor:
    return torch.rand(batch, 6, 8, generator=torch.Generator().manual_seed(5))


def test_a_solid_mask_is_the_same_all_over() -> None:
    assert torch.equal(solid_mask(0.25, width=3, height=2), torch.full((1, 2, 3), 0.25))


def test_inverting_twice_changes_nothing() -> None:
    assert torch.equal(invert_mask(_mask()) + _mask(), torch.ones(2, 6, 8))
    torch.testing.assert_close(invert_mask(invert_mask(_mask())), _mask())


def test_a_crop_is_the_area_asked_for() -> None:
    assert torch.equal(crop_mask(_mask(), x=4, y=1, width=3, height=2), _mask()[:, 1:3, 4:7])


@pytest.mark.parametrize(("x", "y", "shape"), [(6, 0, (6, 2)), (0, 5, (1, 8)), (99, 99, (1, 1))])
def test_of_an_area_that_reaches_beyond_the_mask_the_rest_is_left(
    x: int, y: int, shape: tuple[int, int]
) -> None:
    assert crop_mask(_mask(), x, y, 512, 512).shape[1:] == shape


def test_the_operations_are_those_of_the_numerics() -> None:
    assert OPERATIONS == MASK_OPERATIONS


@pytest.mark.parametrize("operation", OPERATIONS)
def test_masks_are_combined_by_the_operation_asked_for(operation: str) -> None:
    source = _mask(3)[:, :4, :4]

    composite = mask_composite(_mask(1), source, x=2, y=1, operation=operation)

    assert torch.equal(composite, combine(_mask(1), source, 2, 1, operation))


def test_each_edge_has_a_fade_of_its_own() -> None:
    faded = feather_mask(_mask(), left=1, top=2, right=3, bottom=4)

    assert torch.equal(faded, feather(_mask(), 1, 2, 3, 4))


@pytest.mark.parametrize("expand", [-2, 0, 3])
@pytest.mark.parametrize("tapered", [True, False])
def test_masks_grow_and_shrink(expand: int, tapered: bool) -> None:
    changed = grow_mask(_mask(), expand, tapered)

    assert torch.equal(changed, grow(_mask(), expand, tapered=tapered))
    assert bool((changed >= _mask()).all()) == (expand >= 0)


def test_what_is_above_the_threshold_becomes_white() -> None:
    levels = torch.tensor([[[0.0, 0.5, 0.51, 1.0]]])

    assert threshold_mask(levels, 0.5).flatten().tolist() == [0, 0, 1, 1]
    assert threshold_mask(levels, 1.0).flatten().tolist() == [0, 0, 0, 0]


def test_a_mask_without_a_batch_is_one() -> None:
    assert invert_mask(_mask()[0]).shape == (1, 6, 8)
    assert threshold_mask(_mask()[0]).shape == (1, 6, 8)


def test_what_is_no_mask_is_refused() -> None:
    with pytest.raises(NodeInputError, match="input 'mask': a mask has shape"):
        grow_mask(torch.zeros(1, 8, 8, 3))


def test_what_comes_in_is_left_as_it_is() -> None:
    mask = _mask()

    feather_mask(mask, 2, 2, 2, 2)
    grow_mask(mask, 2)
    mask_composite(mask, torch.ones(1, 6, 8), operation="add")
    crop_mask(mask, 0, 0, 4, 4).zero_()

    assert torch.equal(mask, _mask())
