"""Pictures and latents tile by tile: nearly what they are at once, in less memory."""

from collections.abc import Callable

import pytest
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor, nn

from app.bootstrap.start import ROOT
from benchmarks.live_memory import LiveMemory
from benchmarks.tiled_vae import along_borders, large_shapes, measure, mosaic
from diffusion.parts import load_vae
from diffusion.tiling import Tiling
from diffusion.vae import VAE
from diffusion.vae_halves import decoder_halves, encoder_halves, through
from tests.support.checkpoints import write_tiny_checkpoint
from tests.support.tensors import noise, picture

SMALL = Tiling(128, 32)


@pytest.fixture(scope="module")
def starter() -> VAE:
    return load_vae(ROOT / "models" / "checkpoints" / "starter.safetensors")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> VAE:
    return load_vae(write_tiny_checkpoint(tmp_path_factory.mktemp("vae") / "x.safetensors"))


@pytest.mark.parametrize("attended", [(0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 0, 0)])
def test_the_halves_make_up_the_whole(attended: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    module: nn.Module = AutoencoderKL(
        block_out_channels=(8, 8, 16),
        down_block_types=[f"{'Attn' * a}DownEncoderBlock2D" for a in attended],
        up_block_types=[f"{'Attn' * a}UpDecoderBlock2D" for a in reversed(attended)],
        norm_num_groups=4,
    )
    decoder, encoder = module.get_submodule("decoder"), module.get_submodule("encoder")
    latent, image = noise(1, 4, 9, 12), noise(1, 3, 36, 48)

    with torch.inference_mode():
        first, last = decoder_halves(decoder), encoder_halves(encoder)
        decoded = through(first.local, through(first.whole, latent))
        encoded = through(last.whole, through(last.local, image))

        assert torch.allclose(decoded, decoder(latent), atol=1e-5)
        assert torch.allclose(encoded, encoder(image), atol=1e-5)


@pytest.mark.parametrize("paint", [large_shapes, mosaic])
def test_the_starters_pictures_are_the_same_to_a_step_of_8_bits(
    starter: VAE, paint: Callable[[int], Tensor]
) -> None:
    latent = starter.encode(paint(376))
    whole = starter.decode(latent)

    tiled = starter.decode(latent, tiling=Tiling(192, 48))

    assert tiled.shape == whole.shape
    assert (tiled - whole).abs().mean() <= 1.0 / 255


def test_where_tiles_meet_the_difference_is_as_small_as_elsewhere(starter: VAE) -> None:
    # Of a picture that is everywhere alike: elsewhere it depends on what is shown there.
    latent = starter.encode(mosaic(448))

    tiled = starter.decode(latent, tiling=Tiling(192, 48))

    difference = (tiled - starter.decode(latent)).abs().mean(-1)[0]
    borders = along_borders(Tiling(192, 48).grid(56, 56, 8), 8)
    assert 0.2 < borders.float().mean() < 0.8
    assert difference[borders].mean() <= 1.15 * difference[~borders].mean()


def test_where_tiles_meet_makes_hardly_a_difference(starter: VAE) -> None:
    latent = starter.encode(large_shapes(352))

    # Of one size, tiles choose the same patches; all that differs is where they meet.
    one, other = (starter.decode(latent, tiling=Tiling(128, overlap)) for overlap in (32, 16))

    assert not torch.equal(one, other)
    assert (one - other).abs().mean() <= 0.2 / 255


def test_a_picture_is_encoded_nearly_as_at_once(starter: VAE) -> None:
    image = large_shapes(320)
    whole = starter.encode(image)

    tiled = starter.encode(image, tiling=Tiling(192, 48))

    assert tiled.shape == whole.shape
    assert (tiled - whole).square().mean().sqrt() <= 0.01 * whole.std()


def test_tiles_need_less_memory(starter: VAE) -> None:
    latent = noise(1, 4, 64, 64)

    with LiveMemory() as whole:
        starter.decode(latent)
    with LiveMemory() as tiled:
        starter.decode(latent, tiling=Tiling(128, 32))

    assert tiled.peak <= 0.6 * whole.peak


@pytest.mark.slow
@pytest.mark.parametrize("paint", [large_shapes, mosaic])
def test_two_thousand_pixels_square_need_a_sixth_of_the_memory(
    starter: VAE, paint: Callable[[int], Tensor]
) -> None:
    result = measure(starter, paint(2048), Tiling())

    assert result["memory"] <= 1 / 6
    assert result["mean"] <= 1.0
    assert result["borders"] <= 1.05 * result["elsewhere"]


@pytest.mark.parametrize(("height", "width"), [(17, 40), (33, 16), (50, 51), (1, 70)])
@pytest.mark.parametrize("tiling", [SMALL, Tiling(128, 0), Tiling(64, 16)])
def test_every_size_is_covered(tiny: VAE, height: int, width: int, tiling: Tiling) -> None:
    latents = noise(1, 4, height, width)

    tiled = tiny.decode(latents, tiling=tiling)
    again = tiny.encode(tiled, tiling=tiling)

    assert tiled.shape == (1, height * 8, width * 8, 3)
    assert again.shape == (1, 4, height, width)
    assert (tiled - tiny.decode(latents)).abs().mean() <= 0.1


@pytest.mark.parametrize("tiling", [Tiling(256, 64), Tiling(4096, 0)])
def test_what_fits_into_one_tile_is_what_it_is_at_once(tiny: VAE, tiling: Tiling) -> None:
    latents, image = noise(1, 4, 20, 32), picture(1, 160, 256, 3)

    assert torch.allclose(tiny.decode(latents, tiling=tiling), tiny.decode(latents), atol=1e-6)
    assert torch.allclose(tiny.encode(image, tiling=tiling), tiny.encode(image), atol=1e-5)


def test_an_item_of_a_batch_equals_the_item_alone(tiny: VAE) -> None:
    latents, image = noise(2, 4, 20, 20), picture(2, 160, 168, 3)

    for number in range(2):
        one, alone = latents[number : number + 1], image[number : number + 1]
        decoded, encoded = tiny.decode(one, tiling=SMALL), tiny.encode(alone, tiling=SMALL)
        assert torch.equal(tiny.decode(latents, tiling=SMALL)[number], decoded[0])
        assert torch.equal(tiny.encode(image, tiling=SMALL)[number], encoded[0])


def test_every_tile_is_reported_and_the_report_may_cancel(tiny: VAE) -> None:
    done: list[tuple[int, int]] = []

    def report(number: int, total: int) -> None:
        done.append((number, total))

    tiny.decode(noise(2, 4, 20, 20), report, tiling=SMALL)
    assert done == [(number, 8) for number in range(1, 9)]
    done.clear()
    tiny.encode(picture(1, 160, 160, 3), report, tiling=SMALL)
    assert done == [(number, 4) for number in range(1, 5)]

    def cancel(number: int, _total: int) -> None:
        if number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tiny.decode(noise(1, 4, 20, 20), cancel, tiling=SMALL)


def test_results_are_float32_and_may_be_changed_in_place(tiny: VAE) -> None:
    decoded = tiny.decode(noise(1, 4, 20, 20), tiling=SMALL)
    encoded = tiny.encode(picture(1, 160, 160, 3), tiling=SMALL)

    for tensor in (decoded, encoded):
        assert tensor.dtype == torch.float32
        assert tensor.is_contiguous()
        tensor.add_(1.0)
