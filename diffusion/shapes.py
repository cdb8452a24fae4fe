"""A module's widths and depths, read from the names and shapes of its tensors.

All functions take tensors under the original layout's names without the checkpoint's prefix and
give the keyword arguments of the diffusers or transformers module. A tensor they need and miss is a
KeyError, one of too few sides an IndexError. What shapes cannot tell (heads, norm groups,
activation) is asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from diffusion.errors import DiffusionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor


# The end of the names whose second side is the width of the prompt's embeddings.
CONTEXT_KEY = "attn2.to_k.weight"
_USUAL_HEADS = 8


@dataclass(frozen=True, slots=True)
class _Level:
    """One resolution of a UNet: its channels and the attention depth of each layer."""

    channels: int
    depths: tuple[int, ...]


def unet_shape(
    tensors: Mapping[str, Tensor], *, what: str, head_width: int | None, norm_groups: int
) -> dict[str, Any]:
    """Arguments of `UNet2DConditionModel`.

    Args:
        tensors: `input_blocks.0.0.weight` and so on; one attention to the prompt at least.
        what: How messages call the UNet.
        head_width: Channels of an attention head; None for eight heads whatever the width.
        norm_groups: Groups of the group norms.

    Raises:
        DiffusionError: The levels are not equally deep, or the heads do not fit.
        KeyError: A tensor is missing.
    """
    levels = _unet_levels(tensors)
    layers = {len(level.depths) for level in levels}
    if len(layers) != 1:
        raise DiffusionError(
            f"{what} has levels of {sorted(layers)} layers where all should have as many: "
            "tensors are missing, or it is of an unknown kind"
        )
    depths = [max(level.depths) for level in levels]
    kinds = ["CrossAttn" if depth else "" for depth in depths]
    widths = [level.channels for level in levels]
    first = tensors["input_blocks.0.0.weight"]
    attention = next(name for name in tensors if name.endswith(CONTEXT_KEY))
    entrance = f"{attention.partition('.transformer_blocks.')[0]}.proj_in.weight"
    return {
        "in_channels": first.shape[1],
        "out_channels": tensors["out.2.weight"].shape[0],
        "block_out_channels": widths,
        "layers_per_block": layers.pop(),
        "down_block_types": [f"{kind}DownBlock2D" for kind in kinds],
        "up_block_types": [f"{kind}UpBlock2D" for kind in reversed(kinds)],
        "transformer_layers_per_block": [max(depth, 1) for depth in depths],
        "cross_attention_dim": tensors[attention].shape[1],
        "attention_head_dim": [_heads(width, head_width, what) for width in widths],
        "use_linear_projection": tensors[entrance].ndim == 2,
        "norm_num_groups": norm_groups,
    }


def _heads(width: int, head_width: int | None, what: str) -> int:
    if head_width is None:
        return _USUAL_HEADS
    if width % head_width:
        raise DiffusionError(
            f"{what} has a level of {width} channels, which heads of {head_width} do not divide"
        )
    return width // head_width


def _unet_levels(tensors: Mapping[str, Tensor]) -> list[_Level]:
    levels: list[_Level] = []
    channels, depths = 0, list[int]()
    for block in range(1, _count(tensors, r"input_blocks\.(\d+)\.")):
        if f"input_blocks.{block}.0.op.weight" in tensors:
            levels.append(_Level(channels, tuple(depths)))
            depths = []
            continue
        channels = tensors[f"input_blocks.{block}.0.out_layers.3.weight"].shape[0]
        stem = re.escape(f"input_blocks.{block}.1.transformer_blocks.")
        depths.append(_count(tensors, rf"{stem}(\d+)\."))
    return [*levels, _Level(channels, tuple(depths))]


def vae_shape(tensors: Mapping[str, Tensor], *, norm_groups: int) -> dict[str, Any]:
    """Arguments of `AutoencoderKL`.

    Args:
        tensors: `encoder.conv_in.weight` and so on, under original or diffusers names.
        norm_groups: Groups of the group norms.
    """
    down, block = ("down_blocks", "resnets") if uses_diffusers_names(tensors) else ("down", "block")
    levels = _count(tensors, rf"encoder\.{down}\.(\d+)\.")
    blocks = [f"encoder.{down}.{level}.{block}.0.conv2.weight" for level in range(levels)]
    return {
        "in_channels": tensors["encoder.conv_in.weight"].shape[1],
        "out_channels": tensors["decoder.conv_out.weight"].shape[0],
        "latent_channels": tensors["decoder.conv_in.weight"].shape[1],
        "block_out_channels": [tensors[name].shape[0] for name in blocks],
        "down_block_types": ["DownEncoderBlock2D"] * levels,
        "up_block_types": ["UpDecoderBlock2D"] * levels,
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
        tensors: `embeddings.token_embedding.weight` and so on.
        head_width: Channels of an attention head.
        activation: `quick_gelu` for CLIP's own encoders.
    """
    table = tensors["embeddings.token_embedding.weight"].shape
    words, width = table[0], table[1]
    return {
        "vocab_size": words,
        "hidden_size": width,
        "projection_dim": width,
        "max_position_embeddings": tensors["embeddings.position_embedding.weight"].shape[0],
        "num_hidden_layers": _count(tensors, r"encoder\.layers\.(\d+)\."),
        "num_attention_heads": width // head_width,
        "intermediate_size": tensors["encoder.layers.0.mlp.fc1.weight"].shape[0],
        "hidden_act": activation,
        "bos_token_id": words - 2,
        "eos_token_id": words - 1,
        "pad_token_id": words - 1,
    }


def _count(tensors: Mapping[str, Tensor], pattern: str) -> int:
    """One more than the largest number that the pattern's group finds; 0 without any."""
    compiled = re.compile(pattern)
    found = [int(match[1]) for name in tensors if (match := compiled.match(name))]
    return max(found, default=-1) + 1
