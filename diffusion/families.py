"""Families of models: what a checkpoint is, and what its shapes cannot tell.

A family is recognised by tensor names and widths. The file's metadata may name the family and
override what is not in the shapes: `safelight.family` holds a row's key, `safelight.config` JSON of

    {"unet": {"attention_head_dim": 64, "norm_num_groups": 32}, "vae": {"norm_num_groups": 4},
     "text": {"head_dim": 64, "act": "quick_gelu"}, "prediction": "epsilon" | "v_prediction",
     "latent": {"scale": …, "rgb_factors": [[r, g, b], …], "rgb_bias": [r, g, b]},
     "native_size": [64, 64]}

where every part may be missing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from diffusion.errors import DiffusionError
from diffusion.latents import SD15_LATENTS, LatentFormat
from diffusion.parameterisation import Prediction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffusion.weights import Weights

UNET = "model.diffusion_model."
VAE = "first_stage_model."
TEXT = "cond_stage_model.transformer.text_model."
_TEXT_BEFORE_2022 = "cond_stage_model.transformer."  # without the `text_model.` that came later
PREDICTIONS = {"epsilon": Prediction.EPS, "v_prediction": Prediction.V, "sample": Prediction.X0}


@dataclass(frozen=True)
class Family:
    """A kind of model.

    Attributes:
        name: How messages call it.
        context: Width of the prompt's embedding that its UNet attends to.
        latents: The units of its latents.
        prediction: What its UNet answers.
        unet_head_width: Channels of an attention head; None for eight heads whatever the width.
        unet_groups: Groups of the UNet's group norms.
        vae_groups: Groups of the autoencoder's group norms.
        text_head_width: Channels of the text encoder's attention heads.
        activation: The text encoder's, as transformers names it.
        native_size: Width and height in pixels that it was trained at.
    """

    name: str
    context: int
    latents: LatentFormat = SD15_LATENTS
    prediction: Prediction = Prediction.EPS
    unet_head_width: int | None = None
    unet_groups: int = 32
    vae_groups: int = 32
    text_head_width: int = 64
    activation: str = "quick_gelu"
    native_size: tuple[int, int] = (512, 512)


FAMILIES = {
    "sd1": Family("SD 1.x", context=768),
    "starter": Family(
        "starter",
        context=128,
        latents=LatentFormat(channels=4, scale=0.18215, name="starter"),
        unet_head_width=64,
        vae_groups=4,
        native_size=(64, 64),
    ),
}
# Known by sight, so that the message can say what the file is.
_NOT_YET = {1024: "an SD 2.x", 2048: "an SDXL", 1280: "an SDXL refiner"}


def recognise(weights: Weights) -> Family:
    """The family of a checkpoint in the original single-file layout.

    Raises:
        DiffusionError: No family fits; the sentence says what was found instead.
    """
    context = next(
        (
            tensor.shape[1]
            for name, tensor in weights.tensors.items()
            if name.startswith(UNET) and name.endswith("attn2.to_k.weight")
        ),
        None,
    )
    if context is None:
        raise DiffusionError(
            f"{weights.source} is of a model family that is not known: {_found(weights)}; "
            f"expected a checkpoint of {_supported()} with a UNet under '{UNET}'"
        )
    return family_for(context, weights.source, weights.metadata)


def family_for(context: int, source: str, metadata: Mapping[str, str]) -> Family:
    """The family of a UNet that attends to embeddings of a width.

    Raises:
        DiffusionError: No family has that width, or the metadata cannot be read.
    """
    named = FAMILIES.get(metadata.get("safelight.family", ""))
    family = named or next((f for f in FAMILIES.values() if f.context == context), None)
    if family is None:
        what = _NOT_YET.get(context, "a checkpoint of an unknown family, not")
        raise DiffusionError(
            f"{source} is {what} checkpoint (its UNet attends to embeddings {context} wide); "
            f"so far Safelight reads {_supported()}"
        )
    return _overridden(family, source, metadata)


def text_prefixes() -> tuple[str, str]:
    """Where the tensors of a CLIP text encoder may be in a checkpoint, the usual place first."""
    return TEXT, _TEXT_BEFORE_2022


def _supported() -> str:
    return " and ".join(family.name for family in FAMILIES.values())


def _found(weights: Weights) -> str:
    tops = sorted({name.split(".")[0] for name in weights.tensors})
    shown = ", ".join(tops[:6]) + (", …" if len(tops) > 6 else "")
    return f"its {len(weights.tensors)} tensors are under {shown}" if tops else "it has no tensors"


def _overridden(family: Family, source: str, metadata: Mapping[str, str]) -> Family:
    text = metadata.get("safelight.config")
    if text is None:
        return family
    try:
        config = json.loads(text)
        unet, vae, encoder = (config.get(part, {}) for part in ("unet", "vae", "text"))
        return replace(
            family,
            latents=_latents(family.latents, config.get("latent", {})),
            prediction=PREDICTIONS[config["prediction"]]
            if "prediction" in config
            else family.prediction,
            unet_head_width=unet.get("attention_head_dim", family.unet_head_width),
            unet_groups=unet.get("norm_num_groups", family.unet_groups),
            vae_groups=vae.get("norm_num_groups", family.vae_groups),
            text_head_width=encoder.get("head_dim", family.text_head_width),
            activation=encoder.get("act", family.activation),
            native_size=tuple(config.get("native_size", family.native_size)),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DiffusionError(
            f"the metadata 'safelight.config' of {source} cannot be read: {error!r}"
        ) from error


def _latents(known: LatentFormat, config: Mapping[str, Any]) -> LatentFormat:
    factors = config.get("rgb_factors")
    return replace(
        known,
        scale=float(config.get("scale", known.scale)),
        rgb_factors=tuple(map(tuple, factors)) if factors else known.rgb_factors,
        rgb_bias=tuple(config.get("rgb_bias", known.rgb_bias)),
    )
