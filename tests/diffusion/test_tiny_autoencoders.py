"""TAESD's decoder against diffusers' own on the same random weights."""

from pathlib import Path

import pytest
import torch
from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTiny
from safetensors.torch import save_file
from torch import Tensor, nn

from diffusion.errors import DiffusionError
from diffusion.tiny_autoencoders import load_tiny_decoder
from tests.support.tensors import noise


@pytest.fixture(scope="module")
def reference() -> nn.Module:
    torch.manual_seed(0)
    module: nn.Module = AutoencoderTiny(
        encoder_block_out_channels=(16,) * 4, decoder_block_out_channels=(16,) * 4
    )
    return module.requires_grad_(False).eval()


def _published(reference: nn.Module) -> dict[str, Tensor]:
    """The decoder's tensors as the published files number them: a clamp without any comes first."""
    numbered = {}
    for name, tensor in reference.get_submodule("decoder.layers").state_dict().items():
        number, rest = name.split(".", 1)
        numbered[f"{int(number) + 1}.{rest}"] = tensor.contiguous()
    return numbered


@pytest.mark.parametrize("layout", ["published", "diffusers"])
def test_it_decodes_as_diffusers_does(reference: nn.Module, tmp_path: Path, layout: str) -> None:
    whole = {name: tensor.contiguous() for name, tensor in reference.state_dict().items()}
    path = tmp_path / "taesd_decoder.safetensors"
    save_file(_published(reference) if layout == "published" else whole, path)
    latents = 2.0 * noise(2, 4, 5, 7)

    with torch.inference_mode():
        pixels = load_tiny_decoder(path, 4)(latents)

    expected = reference.decode(latents).sample  # type: ignore[operator]
    assert pixels.shape == (2, 3, 40, 56)
    assert (pixels - expected).abs().max() <= 1e-4


def test_names_and_shapes_are_those_of_the_published_file() -> None:
    names = _published(AutoencoderTiny())

    assert names["1.weight"].shape == (64, 4, 3, 3)
    assert names["3.conv.4.bias"].shape == (64,)
    assert names["7.weight"].shape == (64, 64, 3, 3)
    assert "7.bias" not in names
    assert names["19.bias"].shape == (3,)


def test_what_is_no_decoder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "taesd_decoder.safetensors"
    save_file({"some.weight": torch.zeros(4)}, path)

    with pytest.raises(DiffusionError, match=r"no decoder of a TAESD.*some"):
        load_tiny_decoder(path, 4)


def test_a_decoder_for_another_family_is_refused(reference: nn.Module, tmp_path: Path) -> None:
    path = tmp_path / "taesd_decoder.safetensors"
    save_file(_published(reference), path)

    with pytest.raises(DiffusionError, match=r"latents of 4 channels.*have 16.*another family"):
        load_tiny_decoder(path, 16)
