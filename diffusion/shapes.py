"""A module's widths and depths, read from the names and shapes of its tensors.

Tensors come under the names of diffusers and transformers (`layouts.py` brings the original layout
into them; `vae_shape` reads both) without the checkpoint's prefix; out come the keyword arguments
of the module. A tensor they need and miss is a KeyError, one of too few sides an IndexError. What
shapes cannot tell (heads, norm groups, activation) is asked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from diffusion.errors import DiffusionError
from diffusion.size_conditioning import WAVES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor


# The end of the names whose second side is the width of the prompt's embeddings.
CONTEXT_KEY = "attn2.to_k.weight"
_USUAL_HEADS = 8


def unet_layers(tensors: Mapping[str, Tensor], what: str) -> int:
    """ResNet layers in each level of a UNet in the original layout.

    Raises:
        DiffusionError: The levels are not equally deep.
    """
    layers = [0]
    for block in range(1, _count(tensors, r"input_blocks\.(\d+)\.")):
        if f"input_blocks.{block}.0.op.weight" in tensors:
            layers.append(0)
        else:
            layers[-1] += 1
    return _same(layers, what)


def unet_shape(
    tensors: Mapping[str, Tensor], *, what: str, head_width: int | None, norm_groups: int
) -> dict[str, Any]:
    """Arguments of `UNet2DConditionModel`.

    Args:
        tensors: `conv_in.weight` and so on; one attention to the prompt at least.
        what: How messages call the UNet.
        head_width: Channels of an attention head; None for eight heads whatever the width.
        norm_groups: Groups of the group norms.

    Raises:
        DiffusionError: The levels are not equally deep, or the heads do not fit.
        KeyError: A tensor is missing.
    """
    levels = range(_count(tensors, r"down_blocks\.(\d+)\."))
    layers = _same([_count(tensors, rf"down_blocks\.{n}\.resnets\.(\d+)\.") for n in levels], what)
    down = [_depths(tensors, f"down_blocks.{n}", layers) for n in levels]
    up = [_depths(tensors, f"up_blocks.{n}", layers + 1) for n in levels]
    middle = _depths(tensors, "mid_block", 1)[0]
    widths = [tensors[f"down_blocks.{n}.resnets.0.conv2.weight"].shape[0] for n in levels]
    attention = next(name for name in tensors if name.endswith(CONTEXT_KEY))
    entrance = f"{attention.partition('.transformer_blocks.')[0]}.proj_in.weight"
    shape = {
        "in_channels": tensors["conv_in.weight"].shape[1],
        "out_channels": tensors["conv_out.weight"].shape[0],
        "block_out_channels": widths,
        "layers_per_block": layers,
        "down_block_types": [f"{_attends(depths)}DownBlock2D" for depths in down],
        "up_block_types": [f"{_attends(depths)}UpBlock2D" for depths in up],
        "transformer_layers_per_block": _levels_depths(down, middle),
        "cross_attention_dim": tensors[attention].shape[1],
        "attention_head_dim": [_heads(width, head_width, what) for width in widths],
        "use_linear_projection": tensors[entrance].ndim == 2,
        "norm_num_groups": norm_groups,
    }
    rising = [_of_a_level(depths) for depths in up]
    if rising != [_of_a_level(depths) for depths in reversed(down)]:
        shape["reverse_transformer_layers_per_block"] = rising
    if "add_embedding.linear_1.weight" in tensors:
        shape["addition_embed_type"] = "text_time"
        shape["addition_time_embed_dim"] = WAVES
        shape["projection_class_embeddings_input_dim"] = tensors[
            "add_embedding.linear_1.weight"
        ].shape[1]
    return shape


def _same(layers: Sequence[int], what: str) -> int:
    if len(set(layers)) != 1:
        raise DiffusionError(
            f"{what} has levels of {sorted(set(layers))} layers where all should have as many: "
            "tensors are missing, or it is of an unknown kind"
        )
    return layers[0]


def _depths(tensors: Mapping[str, Tensor], block: str, layers: int) -> list[int]:
    """Transformer blocks behind each ResNet layer of a block."""
    stems = (re.escape(f"{block}.attentions.{n}.transformer_blocks.") for n in range(layers))
    return [_count(tensors, rf"{stem}(\d+)\.") for stem in stems]


def _attends(depths: Sequence[int]) -> str:
    return "CrossAttn" if any(depths) else ""


def _of_a_level(depths: Sequence[int]) -> int | list[int]:
    """One depth for all layers where they are the same, 1 standing for none."""
    return max(depths[0], 1) if len(set(depths)) == 1 else list(depths)


def _levels_depths(down: Sequence[Sequence[int]], middle: int) -> list[int | list[int]]:
    """Depths by level. The middle's is taken from the last level, which may have none itself."""
    depths = [_of_a_level(level) for level in down]
    if not any(down[-1]):
        depths[-1] = max(middle, 1)
    return depths


def _heads(width: int, head_width: int | None, what: str) -> int:
    if head_width is None:
        return _USUAL_HEADS
    if width % head_width:
        raise DiffusionError(
            f"{what} has a level of {width} channels, which heads of {head_width} do not divide"
        )
    return width // head_width


def vae_shape(tensors: Mapping[str, Tensor], *, norm_groups: int) -> dict[str, Any]:
    """Arguments of `AutoencoderKL`, most of which are those of `VQModel`, too.

    Args:
        tensors: `encoder.conv_in.weight` and so on, under original or diffusers names.
        norm_groups: Groups of the group norms.
    """
    down, block = ("down_blocks", "resnets") if uses_diffusers_names(tensors) else ("down", "block")
    attended = [
        any(name.startswith(f"encoder.{down}.{level}.att") for name in tensors)
        for level in range(_count(tensors, rf"encoder\.{down}\.(\d+)\."))
    ]
    kinds = ["Attn" if attention else "" for attention in attended]
    blocks = [f"encoder.{down}.{level}.{block}.0.conv2.weight" for level in range(len(kinds))]
    return {
        "in_channels": tensors["encoder.conv_in.weight"].shape[1],
        "out_channels": tensors["decoder.conv_out.weight"].shape[0],
        "latent_channels": tensors["decoder.conv_in.weight"].shape[1],
        "block_out_channels": [tensors[name].shape[0] for name in blocks],
        "down_block_types": [f"{kind}DownEncoderBlock2D" for kind in kinds],
        "up_block_types": [f"{kind}UpDecoderBlock2D" for kind in reversed(kinds)],
        "mid_block_add_attention": any(".mid.attn" in n or "mid_block.att" in n for n in tensors),
        "layers_per_block": _count(tensors, rf"encoder\.{down}\.0\.{block}\.(\d+)\."),
        "norm_num_groups": norm_groups,
        "use_quant_conv": "quant_conv.weight" in tensors or "quant_conv.bias" in tensors,
        "use_post_quant_conv": "post_quant_conv.weight" in tensors
        or "post_quant_conv.bias" in tensors,
    }


def uses_diffusers_names(tensors: Mapping[str, Tensor]) -> bool:
    """Whether an autoencoder's tensors are named as diffusers names them."""
    return any(name.startswith("encoder.down_blocks.") for name in tensors)


def text_shape(
    tensors: Mapping[str, Tensor], *, head_width: int, activation: str
) -> dict[str, Any]:
    """Arguments of `CLIPTextConfig`.

    Args:
        tensors: `embeddings.token_embedding.weight` and so on, and perhaps a
            `text_projection.weight`.
        head_width: Channels of an attention head.
        activation: `quick_gelu` for CLIP's own encoders.
    """
    table = tensors["embeddings.token_embedding.weight"].shape
    words, width = table[0], table[1]
    projection = tensors.get("text_projection.weight")
    return {
        "vocab_size": words,
        "hidden_size": width,
        "projection_dim": width if projection is None else projection.shape[0],
        "max_position_embeddings": tensors["embeddings.position_embedding.weight"].shape[0],
        "num_hidden_layers": text_layers(tensors),
        "num_attention_heads": width // head_width,
        "intermediate_size": tensors["encoder.layers.0.mlp.fc1.weight"].shape[0],
        "hidden_act": activation,
        "bos_token_id": words - 2,
        "eos_token_id": words - 1,
        "pad_token_id": words - 1,
    }


def text_layers(tensors: Mapping[str, Tensor]) -> int:
    """The depth of a text encoder."""
    return _count(tensors, r"encoder\.layers\.(\d+)\.")


def _count(tensors: Mapping[str, Tensor], pattern: str) -> int:
    """One more than the largest number that the pattern's group finds; 0 without any."""
    compiled = re.compile(pattern)
    found = [int(match[1]) for name in tensors if (match := compiled.match(name))]
    return max(found, default=-1) + 1
