"""Latents laid on latents."""

import pytest
import torch
from torch import Tensor

from diffusion.compositing import paste_masked, paste_softly, ramps
from diffusion.errors import DiffusionError

_PLACES = [(0, 0), (3, 1), (5, 6), (8, 8), (40, 2), (-2, -1), (-9, 0)]


def _random(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(3))


def _laid(destination: Tensor, source: Tensor, left: int, top: int) -> Tensor:
    """Element by element, as slowly as it can be said."""
    laid = destination.clone()
    for row in range(source.shape[-2]):
        for column in range(source.shape[-1]):
            if 0 <= top + row < laid.shape[-2] and 0 <= left + column < laid.shape[-1]:
                laid[..., top + row, left + column] = source[..., row, column]
    return laid


@pytest.mark.parametrize(("left", "top"), _PLACES)
def test_a_source_is_seen_where_it_lies_on_the_destination(left: int, top: int) -> None:
    destination, source = _random(2, 4, 8, 8), _random(2, 4, 3, 5) + 10.0
    expected = _laid(destination, source, left, top)

    assert torch.equal(paste_softly(destination, source, left, top), expected)
    assert torch.equal(paste_masked(destination, source, left, top), expected)


@pytest.mark.parametrize(("left", "top"), _PLACES)
def test_under_a_mask_of_zeros_nothing_changes(left: int, top: int) -> None:
    destination = _random(1, 4, 8, 8)

    pasted = paste_masked(destination, _random(1, 4, 4, 4), left, top, torch.zeros(1, 9, 9))

    assert torch.equal(pasted, destination)


def test_the_destination_is_not_written_to() -> None:
    destination = _random(1, 4, 8, 8)
    before = destination.clone()

    paste_softly(destination, torch.ones(1, 4, 4, 4), 1, 1, feather=2)
    paste_masked(destination, torch.ones(1, 4, 4, 4), 1, 1, torch.ones(4, 4))

    assert torch.equal(destination, before)


def test_a_feathered_edge_rises_in_even_steps() -> None:
    pasted = paste_softly(torch.zeros(1, 1, 1, 12), torch.ones(1, 1, 1, 8), 2, 0, feather=4)

    expected = [0, 0, 0.25, 0.5, 0.75, 1, 1, 0.75, 0.5, 0.25, 0, 0]
    assert pasted.flatten().tolist() == expected


def test_edges_on_the_rim_of_the_destination_stay_hard() -> None:
    pasted = paste_softly(torch.zeros(1, 1, 1, 6), torch.ones(1, 1, 1, 6), 0, 0, feather=4)

    assert pasted.flatten().tolist() == [1.0] * 6


def test_an_edge_beyond_the_rim_stays_hard() -> None:
    pasted = paste_softly(torch.zeros(1, 1, 1, 6), torch.ones(1, 1, 1, 9), 2, 0, feather=2)

    assert pasted.flatten().tolist() == [0.0, 0.0, 0.5, 1.0, 1.0, 1.0]


def test_a_mask_says_how_much_of_each_element_is_seen() -> None:
    mask = torch.tensor([[[0.0, 0.25], [0.5, 1.0]]])

    pasted = paste_masked(torch.full((1, 1, 2, 2), 4.0), torch.zeros(1, 1, 2, 2), 0, 0, mask)

    assert pasted[0, 0].tolist() == [[4.0, 3.0], [2.0, 0.0]]


def test_a_mask_is_brought_to_the_size_of_the_whole_source() -> None:
    mask = torch.zeros(1, 64, 64)
    mask[..., 32:] = 1.0

    pasted = paste_masked(torch.zeros(1, 1, 8, 8), torch.ones(1, 1, 8, 8), 2, 0, mask)

    assert pasted[0, 0, 0].tolist() == [0.0] * 6 + [1.0] * 2


def test_a_source_may_be_made_as_large_as_the_destination() -> None:
    source = torch.ones(1, 4, 2, 3)

    pasted = paste_masked(torch.zeros(1, 4, 8, 8), source, 0, 0, resize_source=True)

    assert torch.equal(pasted, torch.ones(1, 4, 8, 8))


def test_a_batch_equals_its_items() -> None:
    destination, source = _random(4, 4, 8, 8), _random(2, 4, 5, 5)
    mask = torch.rand(3, 5, 5, generator=torch.Generator().manual_seed(1))

    together = paste_masked(destination, source, 1, 2, mask)

    for item in range(4):
        one = destination[item : item + 1], source[item % 2].unsqueeze(0), 1, 2, mask[item % 3]
        torch.testing.assert_close(together[item : item + 1], paste_masked(*one))


@pytest.mark.parametrize("batches", [(1, 3), (3, 1), (2, 3)])
def test_softly_the_shorter_batch_is_repeated(batches: tuple[int, int]) -> None:
    first, second = (torch.ones(batch, 4, 4, 4) for batch in batches)

    assert paste_softly(first, second, 0, 0).shape == (3, 4, 4, 4)


def test_latents_of_two_families_are_not_mixed() -> None:
    with pytest.raises(DiffusionError, match=r"latents of 4 channels were expected.*have 16"):
        paste_softly(torch.zeros(1, 4, 8, 8), torch.zeros(1, 16, 8, 8), 0, 0)


def test_fades_from_two_sides_multiply() -> None:
    faded = ramps(torch.ones(1, 2, 2), left=2, top=2, right=0, bottom=0)

    assert faded.tolist() == [[[0.25, 0.5], [0.5, 1.0]]]
