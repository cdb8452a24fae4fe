"""Noise from the seed."""

import pytest
import torch

from diffusion.noise import IndependentNoise, draw_noise
from tests.diffusion.golden_samples import references


def test_a_batch_is_one_draw() -> None:
    assert torch.equal(draw_noise((2, 4, 8, 8), 42), references()["eps/noise/seed42"])


def test_with_a_batch_index_every_item_is_a_draw() -> None:
    reference = references()["eps/noise/seed42/batch_index_3_1"]

    assert torch.equal(draw_noise((2, 4, 8, 8), 42, [3, 1]), reference)


def test_an_item_asked_for_twice_comes_twice() -> None:
    noise = draw_noise((2, 4, 8, 8), 1, [5, 5])

    assert torch.equal(noise[0], noise[1])


@pytest.mark.parametrize("seed", [0, 2**63, 2**64 - 1])
def test_every_seed_is_a_seed(seed: int) -> None:
    assert torch.equal(draw_noise((1, 4, 2, 2), seed), draw_noise((1, 4, 2, 2), seed))


def test_step_noise_is_new_at_every_step_and_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    noise = IndependentNoise(torch.zeros(1, 4, 8, 8), 3)

    first, second = noise(2.0, 1.0), noise(1.0, 0.5)

    assert not torch.equal(first, second)
    assert torch.equal(first, draw_noise((1, 4, 8, 8), 3))
    assert torch.equal(torch.get_rng_state(), before)
