"""LATENT values read for a model."""

import pytest
import torch

from diffusion.errors import DiffusionError
from diffusion.latent_batch import read_latent
from diffusion.latents import SD3_LATENTS, SD15_LATENTS


def test_samples_are_float32_on_the_cpu() -> None:
    batch = read_latent({"samples": torch.ones(1, 4, 2, 2).half()}, SD15_LATENTS, "SD 1.x")

    assert batch.samples.dtype == torch.float32
    assert batch.mask is None
    assert batch.index is None


def test_mask_and_index_come_along() -> None:
    mask = torch.ones(1, 8, 8)
    latent = {"samples": torch.ones(2, 4, 2, 2), "noise_mask": mask, "batch_index": [4, 0]}

    batch = read_latent(latent, SD15_LATENTS, "SD 1.x")

    assert batch.mask is mask
    assert batch.index == (4, 0)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (torch.ones(1, 16, 2, 2), r"16 channels, as SD 3 and Flux latents have, but SD 1.x"),
        (torch.ones(1, 3, 2, 2), r"3 channels but SD 1.x works on 4"),
        (torch.ones(4, 2, 2), r"shape \[batch, 4, height/8, width/8\], but \[4, 2, 2\]"),
        (torch.ones(0, 4, 2, 2), r"\[0, 4, 2, 2\] came"),
        (torch.full((1, 4, 2, 2), torch.inf), "NaN or infinity"),
    ],
)
def test_what_is_no_latent_of_the_family_is_refused(samples: torch.Tensor, message: str) -> None:
    with pytest.raises(DiffusionError, match=message):
        read_latent({"samples": samples}, SD15_LATENTS, "SD 1.x")


def test_an_empty_latent_gets_the_family_s_channels() -> None:
    batch = read_latent({"samples": torch.zeros(2, 4, 6, 5)}, SD3_LATENTS, "SD 3")

    assert batch.samples.shape == (2, 16, 6, 5)


def test_an_index_below_zero_is_refused() -> None:
    latent = {"samples": torch.ones(1, 4, 2, 2), "batch_index": [-1]}

    with pytest.raises(DiffusionError, match="batch_index"):
        read_latent(latent, SD15_LATENTS, "SD 1.x")
