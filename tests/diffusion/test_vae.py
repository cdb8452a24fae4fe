"""The autoencoder against diffusers' own, and its promises about ranges, sizes and batches."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from benchmarks.random_checkpoint import Sizes
from diffusion.errors import DiffusionError
from diffusion.parts import load_vae
from diffusion.precision import Precision
from diffusion.site import Site
from diffusion.vae import VAE
from tests.diffusion.reference_modules import reference_vae
from tests.support.checkpoints import TINY, TINY_METADATA, tiny_tensors, write_tiny_checkpoint
from tests.support.tensors import noise, picture

GROUPS = 4
PREFIX = "first_stage_model."
# Wide enough for the 32 groups that an autoencoder has when its file says nothing.
WIDE = Sizes(unet=(16,), attended=(True,), vae=(32, 32, 64), vae_layers=2, text=8, text_layers=1)


@pytest.fixture(scope="module")
def vae(tmp_path_factory: pytest.TempPathFactory) -> VAE:
    return load_vae(write_tiny_checkpoint(tmp_path_factory.mktemp("vae") / "x.safetensors"))


@pytest.fixture(scope="module")
def reference() -> nn.Module:
    return reference_vae(tiny_tensors(), TINY, groups=GROUPS)


def _close(ours: Tensor, expected: Tensor) -> bool:
    return ours.shape == expected.shape and bool(
        (ours - expected).abs().max() <= 1e-5 * expected.abs().max()
    )


def _pictures(reference: nn.Module, latents: Tensor) -> Tensor:
    decoded: Tensor = reference.decode(latents).sample  # type: ignore[operator]
    return (decoded.permute(0, 2, 3, 1) * 0.5 + 0.5).clip(0, 1)


def _means(reference: nn.Module, image: Tensor) -> Tensor:
    means: Tensor = reference.encode(image.permute(0, 3, 1, 2) * 2 - 1).latent_dist.mean  # type: ignore[operator]
    return means


def test_latents_become_the_pictures_that_diffusers_makes_of_them(
    vae: VAE, reference: nn.Module
) -> None:
    latents = noise(2, 4, 6, 9)

    image = vae.decode(latents)

    assert image.shape == (2, 48, 72, 3)
    assert image.std() > 0.1
    assert _close(image, _pictures(reference, latents))


def test_pictures_become_the_means_that_diffusers_makes_of_them(
    vae: VAE, reference: nn.Module
) -> None:
    image = picture(2, 48, 72, 3)

    latents = vae.encode(image)

    assert latents.shape == (2, 4, 6, 9)
    assert _close(latents, _means(reference, image))


Layout = Callable[[dict[str, Tensor]], dict[str, Tensor]]


def _original(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """As the fine-tuned autoencoders of 2022 are published, remains of the training included."""
    alone = {n.removeprefix(PREFIX): t for n, t in tensors.items() if n.startswith(PREFIX)}
    return alone | {"loss.perceptual_loss.lin0.weight": torch.zeros(3)}


def _diffusers(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return reference_vae(tensors, WIDE, groups=32).state_dict()


def _old_diffusers(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """As diffusers wrote autoencoders before its release 0.17."""
    renamed = _diffusers(tensors)
    for new, old in {"q": "query", "k": "key", "v": "value", "out.0": "proj_attn"}.items():
        renamed = {
            name.replace(f"attentions.0.to_{new}.", f"attentions.0.{old}."): tensor
            for name, tensor in renamed.items()
        }
    return renamed


@pytest.mark.parametrize("layout", [dict, _original, _diffusers, _old_diffusers])
@pytest.mark.parametrize(("metadata", "groups"), [({}, 32), (TINY_METADATA, GROUPS)])
def test_an_autoencoder_is_read_in_every_layout(
    tmp_path: Path, layout: Layout, metadata: dict[str, str], groups: int
) -> None:
    tensors = tiny_tensors(sizes=WIDE, dtype=torch.float32)
    path = tmp_path / "x.safetensors"
    save_file(layout(tensors), path, metadata=metadata or None)
    reference = reference_vae(tensors, WIDE, groups=groups)
    latents, image = noise(1, 4, 6, 6), picture(1, 24, 24, 3)

    vae = load_vae(path)

    assert vae.factor == 4
    assert _close(vae.decode(latents), _pictures(reference, latents))
    assert _close(vae.encode(image), _means(reference, image))


def test_pictures_are_in_0_to_1_however_far_off_the_latents_are(vae: VAE) -> None:
    image = vae.decode(noise(1, 4, 8, 8) * 1000)

    assert image.min() >= 0.0
    assert image.max() <= 1.0


@pytest.mark.parametrize(("height", "width"), [(8, 8), (17, 30), (23, 9)])
def test_sides_are_cropped_about_the_centre_to_multiples_of_eight(
    vae: VAE, height: int, width: int
) -> None:
    image = picture(1, height, width, 3)
    top, left = height % 8 // 2, width % 8 // 2
    middle = image[:, top : top + height // 8 * 8, left : left + width // 8 * 8]

    assert torch.equal(vae.encode(image), vae.encode(middle))


def test_channels_beyond_three_are_ignored(vae: VAE) -> None:
    image = picture(1, 16, 16, 4)

    assert torch.equal(vae.encode(image), vae.encode(image[..., :3]))


def test_an_item_of_a_batch_equals_the_item_alone(vae: VAE) -> None:
    latents, image = noise(3, 4, 4, 4), picture(3, 16, 16, 3)

    for index in range(3):
        assert torch.equal(vae.decode(latents)[index], vae.decode(latents[index : index + 1])[0])
        assert torch.equal(vae.encode(image)[index], vae.encode(image[index : index + 1])[0])


def test_every_item_is_reported_and_the_report_may_cancel(vae: VAE) -> None:
    done: list[tuple[int, int]] = []
    vae.decode(noise(3, 4, 2, 2), lambda number, total: done.append((number, total)))
    vae.encode(picture(2, 8, 8, 3), lambda number, total: done.append((number, total)))

    assert done == [(1, 3), (2, 3), (3, 3), (1, 2), (2, 2)]

    def cancel(number: int, _total: int) -> None:
        if number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        vae.decode(noise(3, 4, 2, 2), cancel)


def test_results_are_float32_and_may_be_changed_in_place(vae: VAE) -> None:
    for tensor in (vae.decode(noise(1, 4, 2, 2)), vae.encode(picture(1, 8, 8, 3))):
        assert tensor.dtype == torch.float32
        assert tensor.is_contiguous()
        tensor.add_(1.0)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (
            (1, 1, 1, 3),
            r"the picture is 1×1 pixels, but this autoencoder needs at least 8×8; scale",
        ),
        ((1, 64, 7, 3), r"the picture is 7×64 pixels"),
        ((1, 64, 64, 1), r"shape \[batch, height, width, 3\], got \[1, 64, 64, 1\]: make them RGB"),
        ((64, 64, 3), r"got \[64, 64, 3\]"),
    ],
)
def test_a_picture_that_cannot_be_encoded_is_refused_in_a_sentence(
    vae: VAE, shape: tuple[int, ...], message: str
) -> None:
    with pytest.raises(DiffusionError, match=message):
        vae.encode(torch.zeros(shape))


@pytest.mark.parametrize("shape", [(1, 16, 8, 8), (4, 8, 8), (1, 3, 8, 8)])
def test_latents_of_another_family_are_refused_in_a_sentence(
    vae: VAE, shape: tuple[int, ...]
) -> None:
    with pytest.raises(
        DiffusionError, match=r"expected latents of shape \[batch, 4, height, width"
    ):
        vae.decode(torch.zeros(shape))


def test_what_is_not_a_number_is_refused_in_a_sentence(vae: VAE) -> None:
    latents = noise(2, 4, 2, 2)
    latents[1, 0, 0, 0] = torch.nan

    with pytest.raises(
        DiffusionError, match="answered NaN or infinity for item 2 of 2: use float32"
    ):
        vae.decode(latents)


def test_a_file_without_an_autoencoder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "lora.safetensors"
    save_file({"lora_unet_x.lora_up.weight": torch.zeros(2)}, path)

    with pytest.raises(DiffusionError, match=r"has no autoencoder: it is a LoRA; its 1 tensors"):
        load_vae(path)


def test_half_an_autoencoder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    tensors = _original(tiny_tensors(sizes=WIDE))
    save_file({n: t for n, t in tensors.items() if not n.startswith("encoder.")}, path)

    with pytest.raises(
        DiffusionError, match=r"x.safetensors is incomplete: it has no tensor encoder"
    ):
        load_vae(path)


def test_an_autoencoder_computes_in_the_dtype_that_is_asked_for(tmp_path: Path) -> None:
    path = write_tiny_checkpoint(tmp_path / "x.safetensors")
    exact, rough = load_vae(path), load_vae(path, Site(vae_precision=Precision.BF16))
    latents = noise(1, 4, 4, 4)

    assert {tensor.dtype for tensor in rough.module.state_dict().values()} == {torch.bfloat16}
    assert rough.decode(latents).dtype == torch.float32
    assert 0.0 < (rough.decode(latents) - exact.decode(latents)).abs().max() < 0.1
