"""Build autoencoders from tensors: what kind one is, is read from their names.

KL and VQ autoencoders come in the original layout or under diffusers' names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from diffusion.coders import Coder, KLCoder, VQCoder
from diffusion.layouts import vae_name
from diffusion.modules import Placement, assemble, reading
from diffusion.shapes import vae_shape
from diffusion.vae import VAE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

_CODEBOOK = "quantize.embedding.weight"
_OLD_ATTENTION = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}
_ONLY_KL = ("use_quant_conv", "use_post_quant_conv")


def vae_from_original(
    tensors: Mapping[str, Tensor],
    norm_groups: int,
    placement: Placement,
) -> VAE:
    """Build an autoencoder from tensors in the original layout.

    Args:
        tensors: Without the `first_stage_model.` prefix.
        norm_groups: Groups of its group norms.
        placement: Where it goes.

    Raises:
        DiffusionError: Tensors are missing or of another shape.
    """
    with reading(placement.what):
        shape = vae_shape(tensors, norm_groups=norm_groups)
    levels = len(shape["block_out_channels"])
    renamed = {new: t for old, t in tensors.items() if (new := vae_name(old, levels))}
    return vae_from_config(renamed, shape, placement)


def vae_from_diffusers(
    tensors: Mapping[str, Tensor],
    norm_groups: int,
    placement: Placement,
) -> VAE:
    """Build an autoencoder from tensors under diffusers' names, without its configuration."""
    with reading(placement.what):
        shape = vae_shape(tensors, norm_groups=norm_groups)
    return vae_from_config(tensors, shape, placement)


def vae_from_config(
    tensors: Mapping[str, Tensor],
    config: Mapping[str, Any],
    placement: Placement,
) -> VAE:
    """Build an autoencoder from tensors under diffusers' names and its configuration."""
    current = {_without_age(name): tensor for name, tensor in tensors.items()}
    make = _vq_model if _CODEBOOK in current else _kl_model
    coder = make(current, config, placement)
    return VAE(coder, placement.device, placement.dtype)


def _kl_model(
    tensors: Mapping[str, Tensor], config: Mapping[str, Any], placement: Placement
) -> Coder:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL  # noqa: PLC0415

    def make() -> nn.Module:
        module: nn.Module = AutoencoderKL.from_config(dict(config))
        return module

    return KLCoder(assemble(make, tensors, placement))


def _vq_model(
    tensors: Mapping[str, Tensor], config: Mapping[str, Any], placement: Placement
) -> Coder:
    from diffusers.models.autoencoders.vq_model import VQModel  # noqa: PLC0415

    words, width = tensors[_CODEBOOK].shape
    known = {name: value for name, value in config.items() if name not in _ONLY_KL}

    def make() -> nn.Module:
        module: nn.Module = VQModel.from_config(
            {**known, "num_vq_embeddings": words, "vq_embed_dim": width}
        )
        return module

    return VQCoder(assemble(make, tensors, placement))


def _without_age(name: str) -> str:
    """Diffusers before 0.17 called the parts of the attention by other names."""
    match = re.fullmatch(r"(.+\.attentions\.\d+\.)(query|key|value|proj_attn)(\..+)", name)
    return match[1] + _OLD_ATTENTION[match[2]] + match[3] if match else name
