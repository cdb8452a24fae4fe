"""Load the parts of a model from files of their own: a UNet, text encoders, an autoencoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from diffusion import families
from diffusion.assembly import model_from, text_encoder_from, unet_tensors
from diffusion.autoencoders import vae_from_diffusers, vae_from_original
from diffusion.errors import DiffusionError
from diffusion.families import FAMILIES, autoencoder_family, recognise
from diffusion.kinds import found, kind_of
from diffusion.layouts import clip_tensors
from diffusion.overrides import overridden
from diffusion.shapes import text_layers, uses_diffusers_names
from diffusion.site import Loading, Site
from diffusion.weights import Weights, read_weights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torch import Tensor

    from diffusion.model import DiffusionModel
    from diffusion.parameterisation import Prediction
    from diffusion.site import OnProgress
    from diffusion.text_encoder import TextEncoder
    from diffusion.vae import VAE

STORAGES = {
    "fp8_e4m3fn": torch.float8_e4m3fn,
    "fp8_e4m3fn_fast": torch.float8_e4m3fn,
    "fp8_e5m2": torch.float8_e5m2,
}
"""8-bit formats; those that multiply in 8 bits, too, are computed in full."""

_TABLE = "embeddings.token_embedding.weight"
# OpenCLIP's encoders are deeper than CLIP's own; a file cut before the last layer counts as well.
_LAYERS_OF_G, _LAYERS_OF_H = 31, 22
# Which family a text encoder alone is for, and two of them.
_ALONE = {"l": "sd1", "h": "sd2", "g": "sdxl_refiner"}
_TOGETHER = {frozenset("lg"): "sdxl"}


def load_unet(
    path: Path,
    site: Site | None = None,
    *,
    storage: str = "default",
    prediction: Prediction | None = None,
    on_progress: OnProgress | None = None,
) -> DiffusionModel:
    """Load a UNet from a file of its own, in either layout, or out of a checkpoint.

    Args:
        path: The file.
        site: Where it goes; the CPU unless told.
        storage: `default`, or one of `STORAGES` to keep its large weights in.
        prediction: What it answers, where that is known better than the file tells.
        on_progress: Told of bytes done and in all; may raise to cancel.

    Raises:
        DiffusionError: As for `load_checkpoint`.
    """
    site = site or Site()
    weights = read_weights(path)
    tensors = unet_tensors(weights)
    family = recognise(tensors, weights)
    loading = Loading.of(path.name, site, on_progress, tensors)
    kept = STORAGES.get(storage)
    model = model_from(weights, tensors, family, loading, prediction=prediction, storage=kept)
    loading.progress.finish()
    return model


@dataclass(frozen=True)
class _Encoder:
    """A text encoder's file, read."""

    name: str
    tensors: Mapping[str, Tensor]
    weights: Weights


def load_text_encoder(
    paths: Sequence[Path],
    site: Site | None = None,
    *,
    on_progress: OnProgress | None = None,
) -> TextEncoder:
    """Load the text encoder of a model, from one file or two.

    Args:
        paths: CLIP's own (SD 1.x), OpenCLIP's ViT-H (SD 2.x) or ViT-bigG (the refiner); or CLIP's
            own and ViT-bigG in any order (SDXL). In transformers' layout or OpenCLIP's.
        site: Where they go; the CPU unless told.
        on_progress: Told of bytes done and in all; may raise to cancel.

    Raises:
        DiffusionError: A file is damaged or holds no text encoder, or they do not go together.
    """
    read = [_read_encoder(path) for path in paths]
    encoders = {encoder.name: encoder for encoder in read}
    names = " and ".join(path.name for path in paths)
    key = _ALONE[next(iter(encoders))]
    if len(paths) > 1:
        key = _TOGETHER.get(frozenset(encoders), "")
        if not key:
            raise DiffusionError(
                f"{names} are the text encoders {' and '.join(encoder.name for encoder in read)}: "
                "expected CLIP-L and CLIP-G, which SDXL has"
            )
    family = FAMILIES[key]
    for encoder in encoders.values():
        family = overridden(family, encoder.weights.source, encoder.weights.metadata)
    text = {name: encoder.tensors for name, encoder in encoders.items()}
    loading = Loading.of(names, site or Site(), on_progress, *text.values())
    clip = text_encoder_from(text, family, loading)
    loading.progress.finish()
    return clip


def _read_encoder(path: Path) -> _Encoder:
    weights = read_weights(path)
    prefixes = (
        "",
        *(prefix for f in FAMILIES.values() for kind in f.text for prefix in kind.prefixes),
    )
    for prefix in prefixes:
        tensors = clip_tensors(weights.under(prefix).tensors)
        if _TABLE in tensors:
            return _Encoder(_encoder_name(tensors, weights), tensors, weights)
    kind = kind_of(weights)
    raise DiffusionError(
        f"{path.name} has no CLIP text encoder{f': it is {kind}' if kind else ''}; {found(weights)}"
    )


def _encoder_name(tensors: Mapping[str, Tensor], weights: Weights) -> str:
    said = weights.metadata.get("safelight.text")
    if said in _ALONE:
        return said
    layers = text_layers(tensors)
    if layers >= _LAYERS_OF_H:
        return "g" if layers >= _LAYERS_OF_G else "h"
    return "l"


def load_vae(
    path: Path,
    site: Site | None = None,
    *,
    on_progress: OnProgress | None = None,
) -> VAE:
    """Load an autoencoder alone, in either layout, or out of a checkpoint.

    Raises:
        DiffusionError: As for `load_checkpoint`.
    """
    site = site or Site()
    weights = read_weights(path)
    tensors = weights.under(families.VAE).tensors or weights.tensors
    if "decoder.conv_in.weight" not in tensors:
        kind = kind_of(weights)
        raise DiffusionError(
            f"{path.name} has no autoencoder{f': it is {kind}' if kind else ''}; {found(weights)}"
        )
    loading = Loading.of(path.name, site, on_progress, tensors)
    place = loading.place("autoencoder", site.vae_dtype())
    groups = autoencoder_family(weights).vae_groups
    load = vae_from_diffusers if uses_diffusers_names(tensors) else vae_from_original
    vae = load(tensors, groups, place)
    loading.progress.finish()
    return vae
