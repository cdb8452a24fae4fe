"""Original tensor names in diffusers' words: each has its place, and no two have the same."""

from dataclasses import replace

import pytest
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor
from transformers.models.clip.configuration_clip import CLIPTextConfig
from transformers.models.clip.modeling_clip import CLIPTextModelWithProjection

from benchmarks.random_checkpoint import REFINER, SD15, SD21, SDXL, Sizes, tensor_shapes
from diffusion.layouts import clip_tensors, unet_name, vae_name
from diffusion.shapes import text_shape, unet_layers, unet_shape

UNET = "model.diffusion_model."
VAE = "first_stage_model."


def _under(prefix: str) -> dict[str, tuple[int, ...]]:
    shapes = tensor_shapes(SD15).items()
    return {name.removeprefix(prefix): shape for name, shape in shapes if name.startswith(prefix)}


def _tensors(prefix: str, sizes: Sizes) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): torch.empty(shape, device="meta")
        for name, shape in tensor_shapes(sizes).items()
        if name.startswith(prefix)
    }


def _without_ones(shape: tuple[int, ...]) -> list[int]:
    return [side for side in shape if side != 1]


def test_every_name_of_sd15s_unet_is_one_of_diffusers_default_unet() -> None:
    with torch.device("meta"):
        module = UNet2DConditionModel(cross_attention_dim=768)
    expected = {name: _without_ones(t.shape) for name, t in module.state_dict().items()}

    renamed = {unet_name(name, 2): _without_ones(shape) for name, shape in _under(UNET).items()}

    assert renamed == expected


def test_every_name_of_sd15s_autoencoder_is_one_of_diffusers() -> None:
    with torch.device("meta"):
        module = AutoencoderKL(
            block_out_channels=(128, 256, 512, 512),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
        )
    expected = {name: _without_ones(t.shape) for name, t in module.state_dict().items()}

    renamed = {vae_name(name, 4): _without_ones(shape) for name, shape in _under(VAE).items()}

    assert renamed == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("input_blocks.1.0.skip_connection.weight", "down_blocks.0.resnets.0.conv_shortcut.weight"),
        ("input_blocks.6.0.op.bias", "down_blocks.1.downsamplers.0.conv.bias"),
        ("output_blocks.2.1.conv.weight", "up_blocks.0.upsamplers.0.conv.weight"),
        ("output_blocks.5.2.conv.weight", "up_blocks.1.upsamplers.0.conv.weight"),
        ("middle_block.2.emb_layers.1.bias", "mid_block.resnets.1.time_emb_proj.bias"),
        ("label_emb.0.0.weight", "add_embedding.linear_1.weight"),
    ],
)
def test_a_name_of_the_unet_is_told_in_diffusers_words(name: str, expected: str) -> None:
    assert unet_name(name, 2) == expected


@pytest.mark.parametrize(
    "name", ["", "weight", "betas", "diffusion_model.out.0.weight", "input_blocks.x.0.op.weight"]
)
def test_what_is_no_part_of_a_unet_has_no_name(name: str) -> None:
    assert unet_name(name, 2) is None


@pytest.mark.parametrize(
    "name",
    ["", "weight", "loss.logvar", "encoder.mid.attn_1.x.weight", "decoder.side.0.block.0.weight"],
)
def test_what_is_no_part_of_an_autoencoder_has_no_name(name: str) -> None:
    assert vae_name(name, 4) is None


@pytest.mark.parametrize(
    "sizes", [SD21, SDXL, REFINER, replace(SDXL, channels=9)], ids=["2.1", "xl", "refiner", "9"]
)
def test_every_name_of_later_unets_is_one_of_diffusers(sizes: Sizes) -> None:
    original = _tensors(UNET, sizes)
    layers = unet_layers(original, "the UNet")
    renamed = {unet_name(name, layers) or name: tensor for name, tensor in original.items()}
    shape = unet_shape(renamed, what="the UNet", head_width=64, norm_groups=32)

    with torch.device("meta"):
        module = UNet2DConditionModel(**shape)

    expected = {name: _without_ones(t.shape) for name, t in module.state_dict().items()}
    assert {name: _without_ones(t.shape) for name, t in renamed.items()} == expected


@pytest.mark.parametrize("sizes", [SD21, SDXL, REFINER], ids=["2.1", "xl", "refiner"])
def test_every_name_of_an_openclip_encoder_is_one_of_transformers(sizes: Sizes) -> None:
    named = clip_tensors(_tensors(sizes.open_text_place + ".", sizes))
    shape = text_shape(named, head_width=64, activation="gelu")

    with torch.device("meta"):
        module = CLIPTextModelWithProjection(CLIPTextConfig(**shape))

    expected = {
        name.removeprefix("text_model."): tensor.shape
        for name, tensor in module.state_dict().items()
    }
    assert {name: tensor.shape for name, tensor in named.items()} == expected


def test_openclips_one_tensor_for_query_key_and_value_is_taken_apart() -> None:
    fused = torch.arange(12.0).reshape(6, 2)
    tensors = {
        "positional_embedding": torch.zeros(77, 2),
        "text_projection": torch.arange(4.0).reshape(2, 2),
        "transformer.resblocks.3.attn.in_proj_weight": fused,
        "logit_scale": torch.zeros(()),
    }

    named = clip_tensors(tensors)

    stem = "encoder.layers.3.self_attn"
    for part, rows in zip("qkv", fused.chunk(3), strict=True):
        assert torch.equal(named[f"{stem}.{part}_proj.weight"], rows)
    assert torch.equal(named["text_projection.weight"], tensors["text_projection"].T)
    assert "logit_scale" not in named
