"""Calculating with latents."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from graph.context import NodeContext
from graph.errors import NodeInputError
from nodes.latent_arithmetic import (
    latent_add,
    latent_interpolate,
    latent_multiply,
    latent_subtract,
)
from tests.nodes.conftest import Told

Node = Callable[[NodeContext, dict[str, Any], dict[str, Any]], dict[str, Any]]
_OF_TWO = pytest.mark.parametrize("node", [latent_add, latent_subtract, latent_interpolate])


def _latent(batch: int = 1, size: int = 8, seed: int = 1) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(seed)
    samples = torch.randn(batch, 4, size, size, generator=generator)
    return {"samples": samples, "noise_mask": f"of {seed}"}


def test_what_was_added_can_be_subtracted(context: NodeContext) -> None:
    first, second = _latent(seed=1), _latent(seed=2)

    added = latent_add(context, first, second)

    assert torch.equal(added["samples"], first["samples"] + second["samples"])
    again = latent_subtract(context, added, second)
    torch.testing.assert_close(again["samples"], first["samples"])
    assert again["noise_mask"] == "of 1"


@pytest.mark.parametrize("number", [-10.0, 0.0, 1.0, 0.5])
def test_a_product_is_that_of_every_element(number: float) -> None:
    latent = _latent()

    assert torch.equal(latent_multiply(latent, number)["samples"], latent["samples"] * number)


def test_a_mixture_is_as_strong_as_what_was_mixed(context: NodeContext) -> None:
    first, second = _latent(seed=1), _latent(seed=2)

    mixed = latent_interpolate(context, first, second, 0.25)["samples"].norm(dim=1)

    expected = 0.25 * first["samples"].norm(dim=1) + 0.75 * second["samples"].norm(dim=1)
    torch.testing.assert_close(mixed, expected)


@_OF_TWO
def test_the_first_says_the_size_and_the_number(
    node: Node, context: NodeContext, told: Told
) -> None:
    assert node(context, _latent(3, 8), _latent(2, 12))["samples"].shape == (3, 4, 8, 8)
    assert told.warnings == []


@_OF_TWO
def test_latents_that_are_not_used_are_told_of(
    node: Node, context: NodeContext, told: Told
) -> None:
    assert node(context, _latent(1), _latent(4))["samples"].shape == (1, 4, 8, 8)
    assert told.warnings == ["samples2 holds 4 latents and samples1 1, so the rest is not used"]


@_OF_TWO
def test_latents_of_two_families_cannot_be_combined(node: Node, context: NodeContext) -> None:
    with pytest.raises(NodeInputError, match=r"input 'samples2': latents of 4 .* have 16"):
        node(context, _latent(), {"samples": torch.zeros(1, 16, 8, 8)})


@_OF_TWO
def test_what_comes_in_is_left_as_it_is(node: Node, context: NodeContext) -> None:
    first, second = _latent(seed=1), _latent(seed=2)

    node(context, first, second)["samples"].zero_()

    assert torch.equal(first["samples"], _latent(seed=1)["samples"])
    assert torch.equal(second["samples"], _latent(seed=2)["samples"])
