"""Widths and depths read from tensors: SD 1.5's published configuration, and what is odd."""

from dataclasses import replace

import pytest
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor

from benchmarks.random_checkpoint import REFINER, SD15, SD21, SDXL, Sizes, tensor_shapes
from diffusion.errors import DiffusionError
from diffusion.layouts import clip_tensors, unet_name
from diffusion.shapes import text_shape, unet_layers, unet_shape, vae_shape

UNET = "model.diffusion_model."
VAE = "first_stage_model."
TEXT = "cond_stage_model.transformer."


def _tensors(prefix: str, sizes: Sizes = SD15) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): torch.empty(shape, device="meta")
        for name, shape in tensor_shapes(sizes).items()
        if name.startswith(prefix)
    }


def _unet(sizes: Sizes = SD15) -> dict[str, Tensor]:
    """A UNet's tensors under diffusers' names."""
    original = _tensors(UNET, sizes)
    layers = unet_layers(original, "the UNet")
    return {new: tensor for old, tensor in original.items() if (new := unet_name(old, layers))}


def test_the_unet_of_sd15_is_described_as_it_was_published() -> None:
    shape = unet_shape(_unet(), what="the UNet", head_width=None, norm_groups=32)

    assert shape == {
        "in_channels": 4,
        "out_channels": 4,
        "block_out_channels": [320, 640, 1280, 1280],
        "layers_per_block": 2,
        "down_block_types": ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
        "up_block_types": ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3,
        "transformer_layers_per_block": [1, 1, 1, 1],
        "cross_attention_dim": 768,
        "attention_head_dim": [8, 8, 8, 8],
        "use_linear_projection": False,
        "norm_num_groups": 32,
    }


@pytest.mark.parametrize(
    ("sizes", "published"),
    [
        (
            SD21,
            {
                "attention_head_dim": [5, 10, 20, 20],
                "cross_attention_dim": 1024,
                "use_linear_projection": True,
            },
        ),
        (
            SDXL,
            {
                "block_out_channels": [320, 640, 1280],
                "down_block_types": ["DownBlock2D"] + ["CrossAttnDownBlock2D"] * 2,
                "up_block_types": ["CrossAttnUpBlock2D"] * 2 + ["UpBlock2D"],
                "transformer_layers_per_block": [1, 2, 10],
                "attention_head_dim": [5, 10, 20],
                "cross_attention_dim": 2048,
                "addition_embed_type": "text_time",
                "addition_time_embed_dim": 256,
                "projection_class_embeddings_input_dim": 2816,
            },
        ),
        (
            REFINER,
            {
                "block_out_channels": [384, 768, 1536, 1536],
                "down_block_types": [
                    "DownBlock2D",
                    "CrossAttnDownBlock2D",
                    "CrossAttnDownBlock2D",
                    "DownBlock2D",
                ],
                "transformer_layers_per_block": [1, 4, 4, 4],
                "attention_head_dim": [6, 12, 24, 24],
                "cross_attention_dim": 1280,
                "projection_class_embeddings_input_dim": 2560,
            },
        ),
    ],
    ids=["2.1", "xl", "refiner"],
)
def test_later_unets_are_described_as_they_were_published(
    sizes: Sizes, published: dict[str, object]
) -> None:
    shape = unet_shape(_unet(sizes), what="the UNet", head_width=64, norm_groups=32)

    assert {name: shape[name] for name in published} == published
    assert "reverse_transformer_layers_per_block" not in shape


def test_levels_may_rise_otherwise_than_they_fell() -> None:
    """As in distilled models, which lost blocks here and there."""
    with torch.device("meta"):
        module = UNet2DConditionModel(
            block_out_channels=(64, 128),
            down_block_types=("CrossAttnDownBlock2D",) * 2,
            up_block_types=("CrossAttnUpBlock2D",) * 2,
            attention_head_dim=(1, 2),
            cross_attention_dim=32,
            use_linear_projection=True,
            layers_per_block=2,
            transformer_layers_per_block=[[2, 1], 3],
            reverse_transformer_layers_per_block=[3, [2, 1, 1]],
        )
    published = {name: tensor.shape for name, tensor in module.state_dict().items()}

    shape = unet_shape(module.state_dict(), what="the UNet", head_width=64, norm_groups=32)

    with torch.device("meta"):
        again = UNet2DConditionModel(**shape)
    assert {name: tensor.shape for name, tensor in again.state_dict().items()} == published


def test_the_autoencoder_of_sd15_is_described_as_it_was_published() -> None:
    shape = vae_shape(_tensors(VAE), norm_groups=32)

    assert shape == {
        "in_channels": 3,
        "out_channels": 3,
        "latent_channels": 4,
        "mid_block_add_attention": True,
        "block_out_channels": [128, 256, 512, 512],
        "down_block_types": ["DownEncoderBlock2D"] * 4,
        "up_block_types": ["UpDecoderBlock2D"] * 4,
        "layers_per_block": 2,
        "norm_num_groups": 32,
        "use_quant_conv": True,
        "use_post_quant_conv": True,
    }


def test_the_text_encoder_of_sd15_is_described_as_it_was_published() -> None:
    shape = text_shape(clip_tensors(_tensors(TEXT)), head_width=64, activation="quick_gelu")

    assert shape == {
        "vocab_size": 49408,
        "hidden_size": 768,
        "projection_dim": 768,
        "max_position_embeddings": 77,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "intermediate_size": 3072,
        "hidden_act": "quick_gelu",
        "bos_token_id": 49406,
        "eos_token_id": 49407,
        "pad_token_id": 49407,
    }


@pytest.mark.parametrize("levels", [1, 2, 5])
@pytest.mark.parametrize("layers", [1, 3])
def test_any_number_of_levels_and_layers_is_read(levels: int, layers: int) -> None:
    sizes = replace(
        SD15,
        unet=(64, 128, 192, 256, 320)[:levels],
        attended=(True, False, True, True, False)[:levels],
        unet_layers=layers,
        linear=True,
    )

    shape = unet_shape(_unet(sizes), what="the UNet", head_width=64, norm_groups=32)

    assert shape["block_out_channels"] == [64, 128, 192, 256, 320][:levels]
    assert shape["attention_head_dim"] == [1, 2, 3, 4, 5][:levels]
    assert shape["layers_per_block"] == layers
    assert [kind.startswith("Cross") for kind in shape["down_block_types"]] == list(sizes.attended)
    assert shape["up_block_types"][-1].startswith("Cross")
    assert shape["use_linear_projection"]


def test_heads_that_do_not_divide_a_level_are_refused_in_a_sentence() -> None:
    with pytest.raises(DiffusionError, match="level of 320 channels, which heads of 48 do not"):
        unet_shape(_unet(), what="the UNet", head_width=48, norm_groups=32)


def test_levels_of_unequal_depth_are_refused_in_a_sentence() -> None:
    tensors = {n: t for n, t in _tensors(UNET).items() if not n.startswith("input_blocks.11.")}

    with pytest.raises(DiffusionError, match=r"x has levels of \[1, 2\] layers where all should"):
        unet_layers(tensors, "x")
