"""Noise levels as values: what is taken for some, and what can be made of them."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.sigmas import (
    as_sigmas,
    extended,
    flipped,
    rises,
    split,
    split_denoise,
    with_first,
)

FALLING = torch.tensor([8.0, 4.0, 2.0, 1.0, 0.0])

levels = st.lists(st.floats(0.125, 100.0, width=32), min_size=1, max_size=30).map(
    lambda some: torch.tensor([*sorted(some, reverse=True), 0.0])
)


@given(sigmas=levels, step=st.integers(0, 40))
def test_both_parts_of_a_split_make_the_whole(sigmas: Tensor, step: int) -> None:
    high, low = split(sigmas, step)

    joined = torch.cat([high, low[1:]]) if len(low) else high
    assert torch.equal(joined, sigmas)


@given(sigmas=levels, denoise=st.floats(0.0, 1.0))
def test_a_split_by_denoise_gives_that_share_of_the_steps(sigmas: Tensor, denoise: float) -> None:
    high, low = split_denoise(sigmas, denoise)

    steps = len(sigmas) - 1
    assert len(low) - 1 == round(steps * denoise)
    assert torch.equal(torch.cat([high, low[1:]]), sigmas)


def test_a_split_of_nothing_is_nothing() -> None:
    high, low = split_denoise(torch.zeros(0), 0.5)

    assert len(high) == len(low) == 0


@given(sigmas=levels)
def test_flipped_levels_rise_from_just_above_zero(sigmas: Tensor) -> None:
    turned = flipped(sigmas)

    assert float(turned[0]) == pytest.approx(1e-4)
    assert torch.equal(turned[1:].flip(0), sigmas[:-1])
    assert rises(tuple(turned.tolist()))
    assert float(sigmas[-1]) == 0.0


def test_levels_are_flipped_twice_into_themselves_but_for_zero() -> None:
    assert flipped(flipped(FALLING)).tolist() == pytest.approx([8.0, 4.0, 2.0, 1.0, 1e-4])
    assert flipped(torch.zeros(0)).tolist() == []


def test_the_first_level_can_be_set_without_changing_the_others() -> None:
    assert with_first(FALLING, 136.0).tolist() == [136.0, 4.0, 2.0, 1.0, 0.0]
    assert float(FALLING[0]) == 8.0
    with pytest.raises(DiffusionError, match="no first one"):
        with_first(torch.zeros(0), 1.0)


def test_steps_are_added_between_the_levels_of_the_part_asked_for() -> None:
    made = extended(FALLING, 2, start=4.0, end=2.0, spacing="linear")

    assert made.tolist() == [8.0, 4.0, 3.0, 2.0, 1.5, 1.0, 0.0]


@pytest.mark.parametrize(("spacing", "middle"), [("cosine", 0.70711), ("sine", 0.29289)])
def test_added_steps_can_be_bunched_at_either_end(spacing: str, middle: float) -> None:
    made = extended(torch.tensor([1.0, 0.0]), 2, start=-1.0, end=0.0, spacing=spacing)

    assert made.tolist() == pytest.approx([1.0, 1.0 - middle, 0.0], abs=1e-5)


@given(sigmas=levels, steps=st.integers(1, 9), spacing=st.sampled_from(["linear", "sine"]))
def test_extended_levels_still_fall_through_all_of_them(
    sigmas: Tensor, steps: int, spacing: str
) -> None:
    made = extended(sigmas, steps, start=-1.0, end=0.0, spacing=spacing)

    assert len(made) == (len(sigmas) - 1) * steps + 1
    assert torch.equal(made[::steps], sigmas)
    assert not rises(tuple(made.tolist()))


def test_nothing_extended_is_nothing() -> None:
    assert extended(torch.zeros(0), 2, start=-1.0, end=0.0, spacing="linear").tolist() == []


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([1.0, 0.0], "list came"),
        (torch.ones(2, 2), r"\[2, 2\] came"),
        (torch.tensor([1.0, torch.nan]), "number 2 of 2 is nan"),
        (torch.tensor([1.0, -0.5, 0.0]), "number 2 of 3 is -0.5"),
        (torch.ones(2, dtype=torch.complex64), r"\[2\] came"),
    ],
)
def test_what_is_no_row_of_levels_is_refused(value: object, words: str) -> None:
    with pytest.raises(DiffusionError, match=words):
        as_sigmas(value)


def test_whole_numbers_are_levels() -> None:
    assert as_sigmas(torch.tensor([3, 1, 0])).dtype == torch.float32
