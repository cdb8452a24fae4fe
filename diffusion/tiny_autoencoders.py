"""TAESD: autoencoders so small that a picture in the making can be watched through them.

Distilled from a family's own and published in a file for each half, `taesd_decoder` and
`taesd_encoder` for SD 1.x and 2.x, `taesdxl_…` for SDXL, whose tensors are numbered as the layers
follow one another. Source: Ollin Boer Bohan, github.com/madebyollin/taesd.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diffusion.errors import DiffusionError
from diffusion.kinds import found, kind_of
from diffusion.modules import assemble
from diffusion.site import Loading, Site
from diffusion.weights import read_weights

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor, nn

_NUMBERED = re.compile(r"(?:decoder\.layers\.|decoder\.)?(\d+)\.(.+)")
# What the published file begins with clamps and has no tensors; diffusers does that elsewhere.
_FIRST = 1
# The last layer's place; all others are known by where they stand before it.
_LAST = 18
_COLOURS = 3


def load_tiny_decoder(path: Path, channels: int, site: Site | None = None) -> nn.Module:
    """Load a decoder from latents in model units, [B, C, h, w], to pixels in −1..1.

    Args:
        path: A file of the published layout, `1.weight` and so on, or of diffusers'.
        channels: Of the latents that it is to decode.
        site: Where it goes; the CPU unless told.

    Raises:
        DiffusionError: It is no such file, or for latents of another family.
    """
    weights = read_weights(path)
    layers = _by_layer(weights.tensors)
    first = layers.get("layers.0.weight")
    last = layers.get(f"layers.{_LAST}.weight")
    if first is None or first.ndim != 4 or last is None or len(last) != _COLOURS:
        kind = kind_of(weights)
        raise DiffusionError(
            f"{path.name} is no decoder of a TAESD autoencoder"
            f"{f': it is {kind}' if kind else ''}; {found(weights)}"
        )
    if first.shape[1] != channels:
        raise DiffusionError(
            f"{path.name} decodes latents of {first.shape[1]} channels, and the model's have "
            f"{channels}: it was made for another family"
        )
    loading = Loading.of(path.name, site or Site(), None, layers)
    place = loading.place("TAESD decoder", loading.site.vae_dtype())
    width = first.shape[0]

    def make() -> nn.Module:
        # Importing diffusers takes seconds.
        from diffusers.models.autoencoders.vae import DecoderTiny  # noqa: PLC0415

        module: nn.Module = DecoderTiny(
            in_channels=channels,
            out_channels=_COLOURS,
            num_blocks=(3, 3, 3, 1),
            block_out_channels=(width,) * 4,
            upsampling_scaling_factor=2,
            act_fn="relu",
            upsample_fn="nearest",
        )
        return module

    return assemble(make, layers, place)


def _by_layer(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """As diffusers numbers them; both its halves may be in one file."""
    published = "1.weight" in tensors
    kept: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        match = _NUMBERED.fullmatch(name)
        if match:
            number = int(match[1]) - (_FIRST if published else 0)
            kept[f"layers.{number}.{match[2]}"] = tensor
    return kept
