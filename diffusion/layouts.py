"""The original single-file layout's tensor names in the words of diffusers and transformers.

"Original" is the layout of the latent-diffusion repository (Rombach et al. 2022, arXiv:2112.10752):
blocks are numbered straight through (`input_blocks.4.0…`), where diffusers counts levels and layers
(`down_blocks.1.resnets.0…`). `unet_name` and `vae_name` answer one name; None means that the name
holds no weights of the module.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

_UNET_ENDS = {
    "time_embed.0": "time_embedding.linear_1",
    "time_embed.2": "time_embedding.linear_2",
    "label_emb.0.0": "add_embedding.linear_1",
    "label_emb.0.2": "add_embedding.linear_2",
    "input_blocks.0.0": "conv_in",
    "out.0": "conv_norm_out",
    "out.2": "conv_out",
}
_UNET_RESNET = {
    "in_layers.0": "norm1",
    "in_layers.2": "conv1",
    "emb_layers.1": "time_emb_proj",
    "out_layers.0": "norm2",
    "out_layers.3": "conv2",
    "skip_connection": "conv_shortcut",
}
_OPENCLIP_ENDS = {
    "positional_embedding": "embeddings.position_embedding.weight",
    "token_embedding.weight": "embeddings.token_embedding.weight",
    "ln_final.weight": "final_layer_norm.weight",
    "ln_final.bias": "final_layer_norm.bias",
}
_OPENCLIP_LAYER = {
    "ln_1": "layer_norm1",
    "ln_2": "layer_norm2",
    "attn.out_proj": "self_attn.out_proj",
    "mlp.c_fc": "mlp.fc1",
    "mlp.c_proj": "mlp.fc2",
}
_VAE_ATTENTION = {
    "norm": "group_norm",
    "q": "to_q",
    "k": "to_k",
    "v": "to_v",
    "proj_out": "to_out.0",
}


def unet_name(name: str, layers: int) -> str | None:
    """The diffusers name of a UNet tensor.

    Args:
        name: Without the `model.diffusion_model.` prefix.
        layers: ResNet layers in a level.
    """
    stem, _, leaf = name.rpartition(".")
    if stem in _UNET_ENDS:
        return f"{_UNET_ENDS[stem]}.{leaf}"
    if match := re.fullmatch(r"(input|output)_blocks\.(\d+)\.(\d)\.(.+)", name):
        side, block, part, rest = match.groups()
        place = _down_place if side == "input" else _up_place
        return place(int(block), layers, int(part), rest)
    if match := re.fullmatch(r"middle_block\.([012])\.(.+)", name):
        part, rest = int(match[1]), match[2]
        if part == 1:
            return f"mid_block.attentions.0.{rest}"
        return f"mid_block.resnets.{part // 2}.{_resnet(rest)}"
    return None


def _down_place(block: int, layers: int, part: int, rest: str) -> str:
    level, layer = divmod(block - 1, layers + 1)
    if layer == layers:
        return f"down_blocks.{level}.downsamplers.0.conv.{rest.removeprefix('op.')}"
    return _layer(f"down_blocks.{level}", layer, part, rest)


def _up_place(block: int, layers: int, part: int, rest: str) -> str:
    level, layer = divmod(block, layers + 1)
    if part and rest.startswith("conv."):
        return f"up_blocks.{level}.upsamplers.0.{rest}"
    return _layer(f"up_blocks.{level}", layer, part, rest)


def _layer(level: str, layer: int, part: int, rest: str) -> str:
    if part:
        return f"{level}.attentions.{layer}.{rest}"
    return f"{level}.resnets.{layer}.{_resnet(rest)}"


def _resnet(rest: str) -> str:
    stem, _, leaf = rest.rpartition(".")
    return f"{_UNET_RESNET.get(stem, stem)}.{leaf}"


def vae_name(name: str, levels: int) -> str | None:
    """The diffusers name of an autoencoder tensor.

    Args:
        name: Without the `first_stage_model.` prefix.
        levels: Number of resolutions.
    """
    if re.match(r"((post_)?quant_conv|quantize\.embedding)\.", name):
        return name
    match = re.fullmatch(r"(encoder|decoder)\.(.+)", name)
    if match is None:
        return None
    side, rest = match.groups()
    if rest.startswith(("conv_in.", "conv_out.")):
        return name
    if rest.startswith("norm_out."):
        return f"{side}.conv_{rest}"
    return _vae_block(side, rest, levels)


def _vae_block(side: str, rest: str, levels: int) -> str | None:
    if match := re.fullmatch(r"mid\.block_([12])\.(.+)", rest):
        return f"{side}.mid_block.resnets.{int(match[1]) - 1}.{_shortcut(match[2])}"
    if match := re.fullmatch(r"mid\.attn_1\.(\w+)\.(\w+)", rest):
        known = _VAE_ATTENTION.get(match[1])
        return known and f"{side}.mid_block.attentions.0.{known}.{match[2]}"
    match = re.fullmatch(r"(down|up)\.(\d+)\.(block|attn|downsample|upsample)\.(.+)", rest)
    if match is None:
        return None
    way, number, kind, leaf = match.groups()
    # The original counts a decoder's levels from the finest, diffusers from the coarsest.
    level = int(number) if way == "down" else levels - 1 - int(number)
    place = f"{side}.{way}_blocks.{level}"
    if kind == "block":
        return f"{place}.resnets.{_shortcut(leaf)}"
    if kind != "attn":
        return f"{place}.{kind}rs.0.{leaf}"
    layer, name, end = leaf.split(".")
    known = _VAE_ATTENTION.get(name)
    return known and f"{place}.attentions.{layer}.{known}.{end}"


def _shortcut(rest: str) -> str:
    return rest.replace("nin_shortcut", "conv_shortcut")


def clip_tensors(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A text encoder's tensors under the names of transformers' CLIPTextModel.

    Args:
        tensors: As transformers names them, with or without `text_model.`, or as OpenCLIP does,
            which keeps query, key and value in one tensor and turns the projection the other way.

    Returns:
        Views of the same tensors; `text_projection.weight` is among them if it was.
    """
    if "positional_embedding" not in tensors:
        return {name.removeprefix("text_model."): tensor for name, tensor in tensors.items()}
    named: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if name in _OPENCLIP_ENDS:
            named[_OPENCLIP_ENDS[name]] = tensor
        elif name == "text_projection":
            named["text_projection.weight"] = tensor.T
        elif match := re.fullmatch(r"transformer\.resblocks\.(\d+)\.(.+)", name):
            named.update(_openclip_layer(f"encoder.layers.{match[1]}", match[2], tensor))
    return named


def _openclip_layer(layer: str, rest: str, tensor: Tensor) -> dict[str, Tensor]:
    if match := re.fullmatch(r"attn\.in_proj_(weight|bias)", rest):
        parts = zip("qkv", tensor.chunk(3), strict=True)
        return {f"{layer}.self_attn.{part}_proj.{match[1]}": piece for part, piece in parts}
    stem, _, leaf = rest.rpartition(".")
    return {f"{layer}.{_OPENCLIP_LAYER.get(stem, stem)}.{leaf}": tensor}
