"""The parts of a model, made of what a file holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from diffusion.clip import Clip, clip_from_tensors
from diffusion.errors import DiffusionError
from diffusion.families import UNET
from diffusion.model import DiffusionModel
from diffusion.predictions import parameterisation_of
from diffusion.size_conditioning import SizeConditioning
from diffusion.text_encoder import TextEncoder
from diffusion.unet import UNet, unet_from_tensors

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from torch import Tensor

    from diffusion.family import Family
    from diffusion.parameterisation import Parameterisation, Prediction
    from diffusion.site import Loading
    from diffusion.vae import VAE
    from diffusion.weights import Weights

# What a UNet may see after the latent: a picture, or a mask and a picture.
EXTRA_CHANNELS = (0, 4, 5)


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The parts of a loaded model.

    Attributes:
        model: The denoising network with its units.
        clip: Its text encoder; None where the file has none.
        vae: Its autoencoder; None where the file has none.
    """

    model: DiffusionModel
    clip: TextEncoder | None
    vae: VAE | None


def unet_tensors(weights: Weights) -> Mapping[str, Tensor]:
    """A file's UNet without prefix; all of its tensors if none has the prefix."""
    return weights.under(UNET).tensors or weights.tensors


def model_from(
    weights: Weights,
    unet: Mapping[str, Tensor],
    family: Family,
    loading: Loading,
    *,
    prediction: Prediction | None = None,
    storage: torch.dtype | None = None,
) -> DiffusionModel:
    """The model of a file's UNet.

    Args:
        weights: The file.
        unet: Its UNet's tensors, under original or diffusers names.
        family: What it is.
        loading: Where it goes.
        prediction: What it answers, where that is known better than the file tells.
        storage: What large weights are kept in, if not in what they compute in.

    Raises:
        DiffusionError: Tensors are missing or do not fit.
    """
    meaning = parameterisation_of(weights, unet, family)
    if prediction:
        meaning = replace(meaning, prediction=prediction)
    dtype = loading.site.dtype(unet)
    place = replace(loading.place("UNet", dtype), storage=storage)
    network = unet_from_tensors(unet, family, place)
    return assembled_model(network, family, meaning, loading, dtype)


def assembled_model(
    network: UNet,
    family: Family,
    meaning: Parameterisation,
    loading: Loading,
    dtype: torch.dtype,
) -> DiffusionModel:
    """A network with its units.

    Raises:
        DiffusionError: It sees other channels than known kinds do.
    """
    usual = family.latents.channels
    if network.channels - usual not in EXTRA_CHANNELS:
        raise DiffusionError(
            f"{loading.source} has a UNet of {network.channels} input channels where {usual}, or "
            f"{usual + 5} for inpainting, were expected: depth models are not read so far"
        )
    return DiffusionModel(
        network=network,
        parameterisation=meaning,
        latent_format=family.latents,
        family=family.name,
        device=loading.site.device,
        dtype=dtype,
        native_size=family.native_size,
        told=SizeConditioning(family.told, network.vector) if family.told else None,
        extra_channels=network.channels - usual,
    )


def text_encoder_from(
    text: Mapping[str, Mapping[str, Tensor]], family: Family, loading: Loading
) -> TextEncoder:
    """The text encoders of a family.

    Args:
        text: The tensors of each by its name, as transformers names them.
        family: Which encoders there must be.
        loading: Where they go.

    Raises:
        DiffusionError: Tensors are missing or of another shape.
    """
    parts: list[Clip] = []
    for kind in family.text:
        what = "text encoder" if len(family.text) == 1 else f"text encoder {kind.name}"
        tensors = text[kind.name]
        place = loading.place(what, loading.site.dtype(tensors))
        parts.append(clip_from_tensors(tensors, kind, family, place))
    return TextEncoder(tuple(parts), loading.site.embeddings)
