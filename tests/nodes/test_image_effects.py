"""Pictures blended, blurred, sharpened and shown in few colours."""

import pytest
import torch

from diffusion.blending import BLEND_MODES as MODES_OF_THE_NUMERICS
from diffusion.blending import blend
from diffusion.blur import gaussian_blur, sharpen
from graph.context import NodeContext
from graph.errors import NodeInputError
from nodes.image_effects import (
    BLEND_MODES,
    image_blend,
    image_blur,
    image_quantize,
    image_sharpen,
)
from nodes.quantising import DITHERS
from tests.nodes.conftest import Told


def _pictures(batch: int = 2, channels: int = 3, seed: int = 5) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(batch, 12, 16, channels, generator=generator)


def test_the_blend_modes_are_those_of_the_numerics() -> None:
    assert BLEND_MODES == MODES_OF_THE_NUMERICS


@pytest.mark.parametrize("mode", BLEND_MODES)
def test_pictures_are_blended_by_the_mode_asked_for(mode: str) -> None:
    below, above = _pictures(seed=1), _pictures(seed=2)

    blended = image_blend(below, above, 0.7, blend_mode=mode)

    assert torch.equal(blended, blend(below, above, 0.7, mode))


def test_the_upper_picture_is_brought_to_the_lower_ones_size_number_and_channels() -> None:
    above = torch.full((1, 30, 20, 3), 0.25)

    blended = image_blend(_pictures(2, channels=4), above, 1.0, blend_mode="normal")

    assert blended.shape == (2, 12, 16, 4)
    torch.testing.assert_close(blended[..., :3], torch.full((2, 12, 16, 3), 0.25))
    torch.testing.assert_close(blended[..., 3], torch.ones(2, 12, 16))


def test_one_picture_below_serves_many_above() -> None:
    assert len(image_blend(_pictures(1), _pictures(3), 0.5, blend_mode="screen")) == 3


def test_blur_and_sharpening_are_those_of_the_numerics() -> None:
    assert torch.equal(image_blur(_pictures(), 3, 0.5), gaussian_blur(_pictures(), 3, 0.5))
    assert torch.equal(image_sharpen(_pictures(), 2, 0.5, 1), sharpen(_pictures(), 2, 0.5, 1))


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(NodeInputError, match="input 'image': pictures have shape"):
        image_blur(_pictures()[0])


def _colours(picture: torch.Tensor) -> int:
    levels = (picture * 255).round().reshape(-1, picture.shape[-1])
    return len({tuple(level) for level in levels.tolist()})


@pytest.mark.parametrize("dither", DITHERS)
@pytest.mark.parametrize("colours", [1, 2, 7, 256])
def test_each_picture_has_so_many_colours_at_most(
    context: NodeContext, dither: str, colours: int
) -> None:
    quantised = image_quantize(context, _pictures(), colours, dither=dither)

    assert quantised.shape == (2, 12, 16, 3)
    assert max(_colours(picture) for picture in quantised) <= colours


def test_a_picture_that_has_few_colours_keeps_them(context: NodeContext) -> None:
    few = torch.tensor([[1.0, 0.2, 0.0], [0.0, 0.4, 1.0]])[torch.arange(64) % 2].reshape(1, 8, 8, 3)

    torch.testing.assert_close(image_quantize(context, few, 2, dither="none"), few)


@pytest.mark.parametrize("dither", [name for name in DITHERS if name != "none"])
def test_dithering_mixes_the_colours_in_between(context: NodeContext, dither: str) -> None:
    ramp = torch.linspace(0.0, 1.0, 64)[None, None, :, None].expand(1, 64, 64, 3)

    plain = image_quantize(context, ramp, 2, dither="none")
    mixed = image_quantize(context, ramp, 2, dither=dither)

    middle = slice(26, 38)
    wanted = ramp[:, :, middle].mean()
    assert _colours(plain[:, :, 28:30]) == 1
    assert _colours(mixed[:, :, 28:30]) == 2
    assert (mixed[:, :, middle].mean() - wanted).abs() < 0.08


def test_transparency_is_kept_and_greys_become_colours(context: NodeContext) -> None:
    clear = _pictures(channels=4)

    quantised = image_quantize(context, clear, 4, dither="none")

    assert torch.equal(quantised[..., 3], clear[..., 3])
    assert image_quantize(context, clear[..., :1], 4, dither="none").shape == (2, 12, 16, 3)


def test_each_picture_of_a_batch_is_told_of(context: NodeContext, told: Told) -> None:
    image_quantize(context, _pictures(3), 4, dither="none")

    assert told.progress == [(1, 3, None), (2, 3, None), (3, 3, None)]
