"""Masks brought to a latent's shape, and what inpainting does with them."""

import pytest
import torch

from diffusion.errors import DiffusionError
from diffusion.masks import Inpainting, fit_mask
from diffusion.parameterisation import stable_diffusion

LATENT = torch.zeros(3, 4, 8, 8)


@pytest.mark.parametrize(
    "shape", [(8, 8), (1, 8, 8), (3, 1, 64, 64), (2, 16, 24), (5, 64, 64), (1, 1, 1, 1)]
)
def test_a_mask_of_any_size_fits(shape: tuple[int, ...]) -> None:
    fitted = fit_mask(torch.ones(shape), LATENT)

    assert fitted.shape == (3, 1, 8, 8)
    torch.testing.assert_close(fitted, torch.ones(3, 1, 8, 8))


def test_a_short_batch_of_masks_is_repeated() -> None:
    masks = torch.stack([torch.zeros(8, 8), torch.ones(8, 8)])

    fitted = fit_mask(masks, LATENT)

    assert [float(mask.mean()) for mask in fitted] == [0.0, 1.0, 0.0]


def test_half_a_mask_stays_half_when_resized() -> None:
    mask = torch.zeros(1, 64, 64)
    mask[..., 32:] = 1.0

    fitted = fit_mask(mask, LATENT)

    assert float(fitted[..., :4].max()) == 0.0
    assert float(fitted[..., 4:].min()) == 1.0


@pytest.mark.parametrize("shape", [(0, 8, 8), (4,)])
def test_what_is_no_mask_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DiffusionError, match="noise mask has shape"):
        fit_mask(torch.zeros(shape), LATENT)


def test_the_kept_part_is_shown_at_the_noise_level_and_told_as_it_was() -> None:
    generator = torch.Generator().manual_seed(1)
    original, noise, x = torch.randn(3, 1, 4, 8, 8, generator=generator)
    mask = torch.zeros(1, 1, 8, 8)
    mask[..., :4] = 1.0
    inpainting = Inpainting(mask, original, noise, stable_diffusion())

    shown = inpainting.question(x, 3.0)
    told = inpainting.answer(x, 3.0)

    torch.testing.assert_close(shown[..., :4], x[..., :4])
    torch.testing.assert_close(shown[..., 4:], (original + 3.0 * noise)[..., 4:])
    torch.testing.assert_close(told[..., :4], x[..., :4])
    torch.testing.assert_close(told[..., 4:], original[..., 4:])
