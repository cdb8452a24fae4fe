"""Latents repeated and put together, with their masks and places."""

from typing import Any

import pytest
import torch

from graph.errors import NodeInputError
from nodes.latent import latent_from_batch
from nodes.latent_batches import latent_batch, repeat_latent_batch


def _latent(batch: int = 2, size: int = 8, **more: object) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(batch)
    return {"samples": torch.randn(batch, 4, size, size, generator=generator), **more}


def test_a_repeated_batch_is_the_batch_again() -> None:
    latent = _latent(type="kept")

    repeated = repeat_latent_batch(latent, 3)

    assert torch.equal(repeated["samples"], torch.cat([latent["samples"]] * 3))
    assert repeated["type"] == "kept"
    assert "batch_index" not in repeated


def test_copies_go_on_counting_where_the_batch_ended() -> None:
    taken = latent_from_batch(_latent(4), batch_index=1, length=2)

    assert repeat_latent_batch(taken, 2)["batch_index"] == [1, 2, 3, 4]
    assert taken["batch_index"] == [1, 2]


@pytest.mark.parametrize(
    ("masks", "expected"), [(1, [0] * 4), (2, [0, 1, 0, 1])], ids=["one for all", "one each"]
)
def test_each_copy_has_the_mask_of_its_original(masks: int, expected: list[float]) -> None:
    mask = torch.arange(float(masks)).reshape(-1, 1, 1, 1) * torch.ones(1, 1, 16, 16)

    repeated = repeat_latent_batch(_latent(noise_mask=mask), 2)

    assert repeated["noise_mask"][:, 0, 0, 0].tolist() == expected
    assert repeated["noise_mask"].shape[1:] == (1, 16, 16)


def test_repeating_once_changes_nothing() -> None:
    mask = torch.rand(3, 1, 8, 8)

    once = repeat_latent_batch(_latent(2, noise_mask=mask, batch_index=[4, 7]), 1)

    assert torch.equal(once["samples"], _latent(2)["samples"])
    assert once["noise_mask"] is mask
    assert once["batch_index"] == [4, 7]


def test_two_batches_become_one_whose_latents_keep_their_noise() -> None:
    first, second = _latent(2), _latent(3, batch_index=[5, 6, 7])

    joined = latent_batch(first, second)

    assert torch.equal(joined["samples"], torch.cat((first["samples"], second["samples"])))
    assert joined["batch_index"] == [0, 1, 5, 6, 7]
    assert "noise_mask" not in joined


def test_the_second_batch_is_brought_to_the_size_of_the_first() -> None:
    joined = latent_batch(_latent(1, 8), {"samples": torch.ones(1, 4, 4, 12)})

    assert joined["samples"].shape == (2, 4, 8, 8)
    torch.testing.assert_close(joined["samples"][1], torch.ones(4, 8, 8))


@pytest.mark.parametrize("masked", [0, 1])
def test_latents_without_a_mask_are_made_anew_all_over(masked: int) -> None:
    latents = [_latent(2), _latent(1)]
    latents[masked]["noise_mask"] = torch.zeros(1, 1, 16, 16)

    joined = latent_batch(latents[0], latents[1])

    expected = [[0.0, 0.0, 1.0], [1.0, 1.0, 0.0]][masked]
    assert joined["noise_mask"].shape == (3, 1, 16, 16)
    assert joined["noise_mask"].mean(dim=(1, 2, 3)).tolist() == expected


def test_masks_of_two_sizes_are_brought_to_the_first_ones() -> None:
    first = _latent(1, noise_mask=torch.zeros(1, 1, 16, 16))
    second = _latent(1, noise_mask=torch.ones(64, 64))

    assert latent_batch(first, second)["noise_mask"].shape == (2, 1, 16, 16)


def test_latents_of_two_families_are_not_put_together() -> None:
    with pytest.raises(NodeInputError, match=r"input 'samples2': latents of 4 .* have 16"):
        latent_batch(_latent(1), {"samples": torch.zeros(1, 16, 8, 8)})
