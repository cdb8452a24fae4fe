"""Pictures blended, against closed forms; latents mixed."""

import math

import pytest
import torch

from diffusion.blending import BLEND_MODES, blend, interpolate
from diffusion.errors import DiffusionError


@pytest.mark.parametrize(
    ("mode", "below", "above", "expected"),
    [
        ("normal", 0.2, 0.7, 0.7),
        ("multiply", 0.5, 0.5, 0.25),
        ("screen", 0.5, 0.5, 0.75),
        ("overlay", 0.25, 0.5, 0.25),
        ("overlay", 0.75, 0.25, 0.625),
        ("soft_light", 0.5, 0.25, 0.375),
        ("soft_light", 0.36, 1.0, 0.6),
        ("soft_light", 0.25, 0.75, 0.375),
        ("soft_light", 0.5, 0.5, 0.5),
        ("difference", 0.75, 0.5, 0.25),
        ("difference", 0.5, 0.75, 0.0),
    ],
)
def test_each_mode_is_its_formula(mode: str, below: float, above: float, expected: float) -> None:
    blended = blend(torch.tensor(below), torch.tensor(above), 1.0, mode)

    assert float(blended) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("mode", BLEND_MODES)
class TestEveryMode:
    """What holds whatever the mode."""

    def test_without_weight_the_picture_below_is_left(self, mode: str) -> None:
        below, above = torch.rand(2, 1, 4, 4, 3, generator=torch.Generator().manual_seed(1))

        assert torch.equal(blend(below, above, 0.0, mode), below)

    def test_the_weight_walks_evenly_between_the_two(self, mode: str) -> None:
        below, above = torch.tensor(0.75), torch.tensor(0.5)
        whole = float(blend(below, above, 1.0, mode))

        assert float(blend(below, above, 0.25, mode)) == pytest.approx(0.75 * 0.75 + 0.25 * whole)

    def test_the_result_is_a_picture(self, mode: str) -> None:
        levels = torch.linspace(0, 1, 33)
        blended = blend(levels[:, None].expand(33, 33), levels.expand(33, 33), 1.0, mode)

        assert 0.0 <= float(blended.min()) <= float(blended.max()) <= 1.0


@pytest.mark.parametrize("mode", ["overlay", "soft_light"])
def test_where_a_formula_changes_there_is_no_step(mode: str) -> None:
    sides = torch.tensor([0.25, 0.5])
    for other in torch.linspace(0, 1, 11):
        below = blend(sides - 1e-6, other.expand(2), 1.0, mode)
        torch.testing.assert_close(below, blend(sides + 1e-6, other.expand(2), 1.0, mode))
        above = blend(other.expand(2), sides - 1e-6, 1.0, mode)
        torch.testing.assert_close(above, blend(other.expand(2), sides + 1e-6, 1.0, mode))


def test_an_unknown_mode_is_refused_with_the_closest() -> None:
    with pytest.raises(DiffusionError, match="did you mean 'multiply'"):
        blend(torch.zeros(1), torch.zeros(1), 1.0, "multipli")


def _latent(*vector: float) -> torch.Tensor:
    return torch.tensor(vector)[None, :, None, None]


def test_a_mixture_of_latents_is_as_long_as_they_are() -> None:
    mixed = interpolate(_latent(3.0, 0.0), _latent(0.0, 5.0), 0.5)

    half = 4.0 / math.sqrt(2.0)
    torch.testing.assert_close(mixed, _latent(half, half))


@pytest.mark.parametrize(("ratio", "which"), [(1.0, 0), (0.0, 1)])
def test_at_either_end_of_the_ratio_one_latent_is_left(ratio: float, which: int) -> None:
    latents = torch.randn(2, 2, 4, 8, 8, generator=torch.Generator().manual_seed(2))

    torch.testing.assert_close(interpolate(latents[0], latents[1], ratio), latents[which])


def test_latents_that_point_nowhere_make_no_nan() -> None:
    assert interpolate(_latent(0.0, 0.0), _latent(0.0, 0.0), 0.5).flatten().tolist() == [0.0, 0.0]
    assert interpolate(_latent(1.0, 0.0), _latent(-1.0, 0.0), 0.5).flatten().tolist() == [0.0, 0.0]
    torch.testing.assert_close(
        interpolate(_latent(0.0, 0.0), _latent(0.0, 2.0), 0.5), _latent(0.0, 1.0)
    )
