"""Latents laid on latents, in pixels of the picture."""

from typing import Any

import pytest
import torch

from nodes.latent_compositing import latent_blend, latent_composite, latent_composite_masked


def _latent(batch: int, value: float, size: int = 8, **more: object) -> dict[str, Any]:
    return {"samples": torch.full((batch, 4, size, size), value), **more}


def test_places_are_pixels_and_latents_are_an_eighth_of_them() -> None:
    composite = latent_composite(_latent(1, 0.0), _latent(1, 1.0, 2), x=47, y=8)

    covered = composite["samples"][0, 0].nonzero().tolist()
    assert covered == [[1, 5], [1, 6], [2, 5], [2, 6]]


def test_feathering_is_in_pixels_too() -> None:
    composite = latent_composite(_latent(1, 0.0), _latent(1, 1.0), x=16, feather=32)

    assert composite["samples"][0, 0, 0].tolist() == [0, 0, 0.25, 0.5, 0.75, 1, 1, 1]


def test_more_latents_laid_on_make_more_latents_each_with_its_noise() -> None:
    below = _latent(1, 0.0, batch_index=[3], noise_mask=torch.ones(1, 1, 8, 8))

    composite = latent_composite(below, _latent(3, 1.0))

    assert composite["samples"].shape[0] == 3
    assert composite["batch_index"] == [3, 4, 5]
    assert len(composite["noise_mask"]) == 3
    assert below["batch_index"] == [3]


def test_without_a_mask_all_of_the_source_is_seen() -> None:
    composite = latent_composite_masked(_latent(1, 0.0), _latent(1, 1.0, 4), x=32, y=32)

    assert float(composite["samples"][..., 4:, 4:].min()) == 1.0
    assert float(composite["samples"].sum()) == 4 * 16


def test_a_mask_of_the_pictures_size_covers_the_source() -> None:
    mask = torch.zeros(1, 64, 64)
    mask[..., :32] = 1.0

    composite = latent_composite_masked(_latent(2, 0.0), _latent(1, 1.0), mask=mask)

    assert float(composite["samples"][..., :4].min()) == 1.0
    assert float(composite["samples"][..., 4:].max()) == 0.0


def test_a_resized_source_covers_the_destination() -> None:
    source = _latent(1, 1.0, 3)

    composite = latent_composite_masked(_latent(1, 0.0, type="kept"), source, resize_source=True)

    assert torch.equal(composite["samples"], torch.ones(1, 4, 8, 8))
    assert composite["type"] == "kept"


def test_a_destination_says_how_many_latents_there_are() -> None:
    composite = latent_composite_masked(_latent(2, 0.0, batch_index=[0, 4]), _latent(5, 1.0))

    assert len(composite["samples"]) == 2
    assert composite["batch_index"] == [0, 4]


@pytest.mark.parametrize(("share", "value"), [(0.0, 5.0), (0.25, 4.0), (1.0, 1.0)])
def test_a_blend_has_the_share_of_the_first(share: float, value: float) -> None:
    blended = latent_blend(_latent(1, 1.0), _latent(1, 5.0), share)

    torch.testing.assert_close(blended["samples"], torch.full((1, 4, 8, 8), value))


def test_latents_of_other_sizes_and_numbers_can_be_blended() -> None:
    blended = latent_blend(_latent(1, 1.0), _latent(3, 5.0, 12))

    torch.testing.assert_close(blended["samples"], torch.full((3, 4, 8, 8), 3.0))
