"""Families of models: what a checkpoint is, and what its shapes cannot tell.

A family is recognised by tensor names and widths. The file's metadata may name the family and
override what is not in the shapes (`overrides.py`); `safelight.family` holds a row's key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffusion.errors import DiffusionError
from diffusion.family import Family
from diffusion.latents import LatentFormat
from diffusion.overrides import overridden
from diffusion.shapes import CONTEXT_KEY
from diffusion.suggest import closest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffusion.weights import Weights

UNET = "model.diffusion_model."
VAE = "first_stage_model."
TEXT = "cond_stage_model.transformer.text_model."
_TEXT_BEFORE_2022 = "cond_stage_model.transformer."  # without the `text_model.` that came later


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
_NOT_YET = {
    1024: "an SD 2.x checkpoint",
    2048: "an SDXL checkpoint",
    1280: "an SDXL refiner",
}


def recognise(weights: Weights) -> Family:
    """The family of a checkpoint in the original single-file layout.

    Raises:
        DiffusionError: No family fits; the sentence says what was found instead.
    """
    context = next(
        (
            tensor.shape[1]
            for name, tensor in weights.tensors.items()
            if name.startswith(UNET) and name.endswith(CONTEXT_KEY) and tensor.ndim == 2
        ),
        None,
    )
    if context is None:
        raise DiffusionError(
            f"{weights.source} is of a model family that is not known: {found(weights)}; "
            f"expected a checkpoint of {_supported()} with a UNet under '{UNET}'"
        )
    return family_for(context, weights.source, weights.metadata)


def family_for(context: int, source: str, metadata: Mapping[str, str]) -> Family:
    """The family of a UNet that attends to embeddings of a width.

    Raises:
        DiffusionError: No family has that width or name, or the metadata cannot be read.
    """
    if "safelight.family" in metadata:
        return overridden(_named(metadata["safelight.family"], source), source, metadata)
    family = next((f for f in FAMILIES.values() if f.context == context), None)
    if family is None:
        what = _NOT_YET.get(context, "of a model family that is not known")
        raise DiffusionError(
            f"{source} is {what} (its UNet attends to embeddings {context} wide); so far "
            f"Safelight reads {_supported()}"
        )
    return overridden(family, source, metadata)


def autoencoder_family(weights: Weights) -> Family:
    """The family that tells what the shapes of an autoencoder cannot, SD 1.x unless noted.

    Raises:
        DiffusionError: The metadata cannot be read.
    """
    name = weights.metadata.get("safelight.family", "sd1")
    return overridden(_named(name, weights.source), weights.source, weights.metadata)


def text_prefixes() -> tuple[str, str]:
    """Where the tensors of a CLIP text encoder may be in a checkpoint, the usual place first."""
    return TEXT, _TEXT_BEFORE_2022


def found(weights: Weights) -> str:
    """What a file holds, for messages about what it does not."""
    tops = sorted({name.split(".")[0] for name in weights.tensors})
    shown = ", ".join(tops[:6]) + (", …" if len(tops) > 6 else "")
    return f"its {len(weights.tensors)} tensors are under {shown}" if tops else "it has no tensors"


def _supported() -> str:
    return " and ".join(family.name for family in FAMILIES.values())


def _named(name: str, source: str) -> Family:
    if name not in FAMILIES:
        raise DiffusionError(
            f"the metadata of {source} names an unknown family '{name}'{closest(name, FAMILIES)}"
        )
    return FAMILIES[name]
