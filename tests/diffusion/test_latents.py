"""Latent units and previews."""

import pytest
import torch

from diffusion.latents import (
    FLUX_LATENTS,
    SD3_LATENTS,
    SD15_LATENTS,
    SDXL_LATENTS,
    LatentFormat,
)


@pytest.mark.parametrize("units", [SD15_LATENTS, SDXL_LATENTS, SD3_LATENTS, FLUX_LATENTS])
def test_there_and_back_is_the_same(units: LatentFormat) -> None:
    latent = torch.randn(1, units.channels, 4, 4, generator=torch.Generator().manual_seed(1))

    torch.testing.assert_close(units.out_of_model(units.into_model(latent)), latent)


def test_into_the_model_takes_the_shift_first() -> None:
    units = LatentFormat(channels=1, scale=2.0, shift=0.5)

    assert float(units.into_model(torch.ones(1, 1, 1, 1))) == 1.0


def test_a_preview_is_a_linear_map_kept_within_a_picture() -> None:
    units = LatentFormat(channels=2, scale=1.0, rgb_factors=((1.0, 0.0, 0.0), (0.0, 0.5, 9.0)))
    latent = torch.tensor([0.5, 1.0]).view(1, 2, 1, 1).expand(1, 2, 3, 4)

    preview = units.preview(latent)

    assert preview is not None
    assert preview.shape == (1, 3, 4, 3)
    torch.testing.assert_close(preview[0, 0, 0], torch.tensor([0.75, 0.75, 1.0]))


def test_there_is_no_preview_without_factors() -> None:
    assert FLUX_LATENTS.preview(torch.zeros(1, 16, 2, 2)) is None
