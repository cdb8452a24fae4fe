"""From diffusers' and transformers' parameter names to those of the original single-file layout.

The layout is that of the CompVis latent diffusion files that SD 1.x came in: the network under
`model.diffusion_model.`, the text encoder under `cond_stage_model.transformer.text_model.` and
the autoencoder under `first_stage_model.`. It numbers a network's blocks in running order, counts
the decoder's blocks from the picture end, and keeps attention of the autoencoder as 1×1
convolutions.
"""

import re
from collections.abc import Callable, Mapping

from torch import Tensor

Weights = dict[str, Tensor]

_RESNET_PARTS = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_UNET_ENDS = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
_MIDDLE_BLOCKS = {"resnets.0": "0", "attentions.0": "1", "resnets.1": "2"}
_AUTOENCODER_PARTS = {
    "conv_norm_out": "norm_out",
    "conv_shortcut": "nin_shortcut",
    "downsamplers.0": "downsample",
    "upsamplers.0": "upsample",
    "mid_block.resnets.0": "mid.block_1",
    "mid_block.resnets.1": "mid.block_2",
    "mid_block.attentions.0": "mid.attn_1",
    "group_norm": "norm",
    "to_q": "q",
    "to_k": "k",
    "to_v": "v",
    "to_out.0": "proj_out",
}


def unet_layout(weights: Mapping[str, Tensor], layers_per_block: int) -> Weights:
    """Name a UNet2DConditionModel's weights.

    Args:
        weights: Its state dict.
        layers_per_block: Residual layers of each down block; up blocks have one more.
    """
    return _renamed(
        weights, lambda name: f"model.diffusion_model.{_unet_name(name, layers_per_block)}"
    )


def autoencoder_layout(weights: Mapping[str, Tensor], blocks: int) -> Weights:
    """Name an AutoencoderKL's weights.

    Args:
        weights: Its state dict.
        blocks: Number of resolutions.
    """
    named = _renamed(weights, lambda name: f"first_stage_model.{_autoencoder_name(name, blocks)}")
    attention = re.compile(r"\.attn_1\.(q|k|v|proj_out)\.weight$")
    return {
        name: weight[..., None, None] if attention.search(name) and weight.ndim == 2 else weight
        for name, weight in named.items()
    }


def text_encoder_layout(weights: Mapping[str, Tensor]) -> Weights:
    """Name a CLIPTextModel's weights, whichever of its two spellings transformers uses."""
    prefix = "cond_stage_model.transformer.text_model."
    return _renamed(weights, lambda name: prefix + name.removeprefix("text_model."))


def _renamed(weights: Mapping[str, Tensor], rename: Callable[[str], str]) -> Weights:
    return {rename(name): weight for name, weight in weights.items()}


def _unet_name(name: str, layers: int) -> str:
    module, leaf = name.rsplit(".", 1)
    if module in _UNET_ENDS:
        return f"{_UNET_ENDS[module]}.{leaf}"
    if name.startswith("mid_block."):
        kind, index, rest = name.removeprefix("mid_block.").split(".", 2)
        place = _MIDDLE_BLOCKS[f"{kind}.{index}"]
        return f"middle_block.{place}.{_block_part(kind, rest)}"
    side, block, kind, index, rest = name.split(".", 4)
    if side == "down_blocks":
        return _down_name(int(block), kind, int(index), rest, layers)
    return _up_name(int(block), kind, int(index), rest, layers)


def _down_name(block: int, kind: str, index: int, rest: str, layers: int) -> str:
    # Block 0 of the input is the first convolution; each level adds its layers and a downsampler.
    first = 1 + block * (layers + 1)
    if kind == "downsamplers":
        return f"input_blocks.{first + layers}.0.{rest.replace('conv.', 'op.')}"
    place = 0 if kind == "resnets" else 1
    return f"input_blocks.{first + index}.{place}.{_block_part(kind, rest)}"


def _up_name(block: int, kind: str, index: int, rest: str, layers: int) -> str:
    first = block * (layers + 1)
    if kind == "upsamplers":
        # It follows the last layer's residual block and attention.
        return f"output_blocks.{first + layers}.2.{rest}"
    place = 0 if kind == "resnets" else 1
    return f"output_blocks.{first + index}.{place}.{_block_part(kind, rest)}"


def _block_part(kind: str, rest: str) -> str:
    if kind == "attentions":
        return rest
    part, leaf = rest.rsplit(".", 1)
    return f"{_RESNET_PARTS[part]}.{leaf}"


def _autoencoder_name(name: str, blocks: int) -> str:
    def level(match: re.Match[str]) -> str:
        side, block, kind = match["side"], int(match["block"]), match["kind"]
        place = block if side == "down" else blocks - 1 - block
        return f"{side}.{place}.{'block' if kind == 'resnets' else kind}"

    pattern = r"(?P<side>down|up)_blocks\.(?P<block>\d+)\.(?P<kind>resnets|\w+samplers\.0)"
    name = re.sub(pattern, level, name)
    for ours, theirs in _AUTOENCODER_PARTS.items():
        name = re.sub(rf"(^|\.){re.escape(ours)}(?=\.)", rf"\g<1>{theirs}", name)
    return name
