"""Masks brought to a latent's shape, and what inpainting does with them."""

import pytest
import torch

from diffusion.errors import DiffusionError
from diffusion.masks import Differential, Inpainting, fit_mask
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


class TestDifferential:
    """Masks whose places begin to be painted at different times."""

    SPACE = stable_diffusion()
    SIGMAS = (*map(SPACE.sigma, (999, 749.25, 499.5, 249.75)), 0.0)
    MASK = torch.linspace(0.0, 1.0, 9).expand(1, 1, 8, 9)

    def _mask_at(self, sigma: float, strength: float = 1.0) -> torch.Tensor:
        mask = Differential(strength)(self.MASK, sigma, self.SIGMAS, self.SPACE)
        assert mask.shape == self.MASK.shape
        return mask[0, 0, 0]

    def test_at_the_start_only_what_is_white_is_painted_and_at_the_end_all(self) -> None:
        assert self._mask_at(self.SIGMAS[0]).tolist() == [0.0] * 8 + [1.0]
        assert self._mask_at(self.SPACE.sigma_min).tolist() == [1.0] * 9

    def test_half_way_in_timesteps_what_is_half_white_begins(self) -> None:
        assert self._mask_at(self.SPACE.sigma(499)).tolist() == [0.0] * 4 + [1.0] * 5

    def test_strength_mixes_it_with_the_mask_as_it_is(self) -> None:
        sigma = self.SPACE.sigma(499)

        torch.testing.assert_close(self._mask_at(sigma, 0.0), self.MASK[0, 0, 0])
        expected = 0.25 * self._mask_at(sigma) + 0.75 * self.MASK[0, 0, 0]
        torch.testing.assert_close(self._mask_at(sigma, 0.25), expected)

    def test_levels_that_stop_early_are_counted_to_where_they_stop(self) -> None:
        sigmas = self.SIGMAS[:3]
        mask = Differential()(self.MASK, sigmas[-1], sigmas, self.SPACE)

        assert bool((mask == 1.0).all())

    def test_a_single_level_paints_everything(self) -> None:
        sigmas = (self.SPACE.sigma_min, 0.0)

        assert bool((Differential()(self.MASK, sigmas[0], sigmas, self.SPACE) == 1.0).all())

    def test_inpainting_asks_for_the_mask_at_each_level(self) -> None:
        original, x = torch.zeros(1, 4, 8, 9), torch.ones(1, 4, 8, 9)
        inpainting = Inpainting(
            self.MASK, original, original, self.SPACE, self.SIGMAS, Differential()
        )

        told = inpainting.answer(x, self.SPACE.sigma(499))

        assert told[0, 0, 0].tolist() == [0.0] * 4 + [1.0] * 5
