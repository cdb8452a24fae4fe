"""Pictures resized."""

import pytest
import torch

from diffusion.lanczos import lanczos
from diffusion.resize import resize
from nodes.image_scaling import (
    UPSCALE_METHODS,
    image_scale,
    image_scale_by,
    image_scale_to_total_pixels,
)


def _pictures() -> torch.Tensor:
    return torch.rand(2, 6, 8, 3, generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize("method", UPSCALE_METHODS)
def test_pictures_are_resized_by_the_method_asked_for(method: str) -> None:
    planes = _pictures().movedim(-1, 1)

    scaled = image_scale(_pictures(), method, 13, 4, crop="disabled")

    way = lanczos(planes, 13, 4) if method == "lanczos" else resize(planes, 13, 4, method)
    assert torch.equal(scaled.movedim(-1, 1), way)


@pytest.mark.parametrize("method", UPSCALE_METHODS)
def test_an_even_picture_stays_even(method: str) -> None:
    scaled = image_scale_by(torch.full((1, 5, 7, 4), 0.3), method, 1.7)

    torch.testing.assert_close(scaled, torch.full((1, 8, 12, 4), 0.3))


@pytest.mark.parametrize("method", UPSCALE_METHODS)
def test_a_batch_is_resized_as_its_items_are(method: str) -> None:
    together = image_scale_by(_pictures(), method, 0.6)

    for item in range(2):
        alone = image_scale_by(_pictures()[item : item + 1], method, 0.6)
        torch.testing.assert_close(together[item : item + 1], alone)


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [(16, 0, (12, 16)), (0, 3, (3, 4)), (0, 0, (6, 8)), (0, 1, (1, 1)), (5, 0, (4, 5))],
)
def test_a_side_of_zero_keeps_the_ratio(width: int, height: int, shape: tuple[int, int]) -> None:
    scaled = image_scale(_pictures(), "area", width, height, crop="disabled")

    assert scaled.shape == (2, *shape, 3)


def test_cropping_keeps_the_middle_and_its_proportions() -> None:
    scaled = image_scale(_pictures(), "nearest-exact", 6, 6, crop="center")

    assert torch.equal(scaled, _pictures()[:, :, 1:7])


@pytest.mark.parametrize(("factor", "shape"), [(1.0, (6, 8)), (1.26, (8, 10)), (0.01, (1, 1))])
def test_both_sides_are_scaled_by_the_factor(factor: float, shape: tuple[int, int]) -> None:
    assert image_scale_by(_pictures(), "bilinear", factor).shape == (2, *shape, 3)


@pytest.mark.parametrize(
    ("megapixels", "shape"), [(0.01, (89, 118)), (0.25, (443, 591)), (1.0, (887, 1182))]
)
def test_so_many_pixels_are_shared_out_in_the_pictures_shape(
    megapixels: float, shape: tuple[int, int]
) -> None:
    scaled = image_scale_to_total_pixels(_pictures(), "nearest-exact", megapixels)

    assert scaled.shape == (2, *shape, 3)
