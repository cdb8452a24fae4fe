"""Lists of batches cut into batches of another size."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.rebatching import rebatch_images, rebatch_latents


def _latent(batch: int, value: float = 0.0, side: int = 8, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    samples = torch.arange(batch).reshape(-1, 1, 1, 1) + value
    return {"samples": samples.expand(batch, 4, side, side).float(), **more}


def _firsts(latents: list[dict[str, Any]]) -> list[list[float]]:
    return [latent["samples"][:, 0, 0, 0].tolist() for latent in latents]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.integers(1, 6))
def test_all_pictures_come_out_in_order_in_full_batches(sizes: list[int], size: int) -> None:
    pictures = torch.arange(sum(sizes)).reshape(-1, 1, 1, 1).expand(-1, 2, 3, 3).float()

    made = rebatch_images(torch.split(pictures, sizes), size)

    assert torch.equal(torch.cat(made), pictures)
    assert {len(batch) for batch in made[:-1]} <= {size}
    assert len(made[-1]) <= size


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.integers(1, 6))
def test_latents_are_numbered_through(sizes: list[int], size: int) -> None:
    made = rebatch_latents([_latent(batch) for batch in sizes], size)

    places = [place for latent in made for place in latent["batch_index"]]
    assert places == list(range(sum(sizes)))
    assert [len(latent["batch_index"]) for latent in made] == [len(m["samples"]) for m in made]
    assert not any("noise_mask" in latent for latent in made)


def test_another_size_begins_a_new_batch() -> None:
    made = rebatch_latents(
        [_latent(3), _latent(2, 10.0), _latent(2, 20.0, 16), _latent(1, 30.0)], 4
    )

    assert _firsts(made) == [[0, 1, 2, 10], [11], [20, 21], [30]]
    assert [latent["batch_index"] for latent in made] == [[0, 1, 2, 3], [4], [5, 6], [7]]
    sizes = [
        picture.shape[1]
        for picture in rebatch_images([torch.zeros(2, 4, 4, 3), torch.zeros(1, 5, 4, 3)], 8)
    ]
    assert sizes == [4, 5]


def test_places_that_latents_bring_are_kept() -> None:
    made = rebatch_latents([_latent(2, batch_index=[7, 9]), _latent(1)], 2)

    assert [latent["batch_index"] for latent in made] == [[7, 9], [2]]


def test_masks_go_with_their_latents_and_those_of_ones_are_left_out() -> None:
    mask = torch.zeros(1, 8, 8)
    mask[..., 4:] = 1.0

    made = rebatch_latents([_latent(2), _latent(2, noise_mask=mask)], 2)

    assert "noise_mask" not in made[0]
    assert made[1]["noise_mask"].shape == (2, 1, 64, 64)
    assert float(made[1]["noise_mask"][..., 40:].min()) == 1.0
    assert float(made[1]["noise_mask"][..., :24].max()) == 0.0


def test_a_mask_beside_latents_without_one_makes_all_of_those_anew() -> None:
    made = rebatch_latents([_latent(1), _latent(1, noise_mask=torch.zeros(64, 64))], 2)

    means: Tensor = made[0]["noise_mask"].mean(dim=(1, 2, 3))
    assert means.tolist() == [1.0, 0.0]


def test_what_is_no_batch_is_refused_and_no_list_is_none() -> None:
    with pytest.raises(DiffusionError, match="latents have shape"):
        rebatch_latents([{"samples": torch.zeros(4, 8, 8)}], 1)
    with pytest.raises(DiffusionError, match="pictures have shape"):
        rebatch_images([torch.zeros(8, 8, 3)], 1)
    assert rebatch_images([], 2) == []
    assert rebatch_latents([], 2) == []
