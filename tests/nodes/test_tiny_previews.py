"""Previews through a TAESD decoder, where the user has one."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTiny
from safetensors.torch import save_file
from torch import Tensor, nn

from diffusion.latents import SD15_LATENTS
from graph.context import NodeContext
from nodes.watching import LatentPreview, find_glass
from tests.nodes.conftest import Told
from tests.support.tensors import noise


@pytest.fixture
def decoder(context: NodeContext) -> nn.Module:
    """Random weights, also in the user's folder, under the names of the published file."""
    torch.manual_seed(0)
    module: nn.Module = AutoencoderTiny(
        encoder_block_out_channels=(16,) * 4, decoder_block_out_channels=(16,) * 4
    )
    tensors: dict[str, Tensor] = {}
    for name, tensor in module.get_submodule("decoder.layers").state_dict().items():
        number, rest = name.split(".", 1)
        tensors[f"{int(number) + 1}.{rest}"] = tensor.contiguous()
    path = _file(context)
    path.parent.mkdir(parents=True)
    save_file(tensors, path)
    return module.requires_grad_(False).eval()


def _file(context: NodeContext) -> Path:
    return context.folders.models["vae_approx"][0] / "taesd_decoder.safetensors"


def _drawn(context: NodeContext, latents: Tensor) -> Tensor | None:
    return LatentPreview(latents, SD15_LATENTS, find_glass(context, SD15_LATENTS))()


@pytest.mark.parametrize("method", ["auto", "taesd"])
def test_they_are_what_diffusers_makes_of_the_same_weights(
    context: NodeContext, decoder: nn.Module, method: str
) -> None:
    latents = noise(2, 4, 5, 7)
    drawn = _drawn(replace(context, services={"preview_method": method}), latents)
    assert drawn is not None
    assert drawn.shape == (1, 40, 56, 3)
    pixels = decoder.decode(latents[:1]).sample  # type: ignore[operator]
    expected = ((pixels + 1) / 2).clamp(0, 1).movedim(1, -1)
    assert (drawn - expected).abs().max() <= 1e-4


@pytest.mark.usefixtures("decoder")
def test_they_are_rough_where_that_is_asked_for(context: NodeContext) -> None:
    rough = replace(context, services={"preview_method": "latent2rgb"})
    drawn = _drawn(rough, noise(1, 4, 5, 7))
    assert drawn is not None
    assert drawn.shape == (1, 5, 7, 3)


def test_they_are_rough_where_there_is_no_decoder(context: NodeContext) -> None:
    assert find_glass(context, SD15_LATENTS) is None


def test_they_are_rough_and_that_is_told_once_where_the_decoder_is_broken(
    context: NodeContext, told: Told
) -> None:
    path = _file(context)
    path.parent.mkdir(parents=True)
    save_file({"some.weight": torch.zeros(4)}, path)
    latents = noise(1, 4, 5, 7)
    preview = LatentPreview(latents, SD15_LATENTS, find_glass(context, SD15_LATENTS))
    for _ in range(2):
        drawn = preview()
        assert drawn is not None
        assert drawn.shape == (1, 5, 7, 3)
    (warning,) = told.warnings
    assert "taesd_decoder.safetensors is no decoder" in warning
