"""Families of models: what a checkpoint is, and what its shapes cannot tell.

A family is recognised by what its UNet is made of, whatever the widths: SD 1.x enters attention by
convolutions, SD 2.x by linear layers, SDXL is told sizes beside the prompt. The file's metadata may
name the family and override what is not in the shapes (`overrides.py`); `safelight.family` holds a
row's key.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from diffusion.errors import DiffusionError
from diffusion.family import CLIP_L, Family, TextKind
from diffusion.kinds import found, kind_of
from diffusion.latents import SDXL_LATENTS, LatentFormat
from diffusion.overrides import overridden
from diffusion.shapes import CONTEXT_KEY
from diffusion.size_conditioning import WAVES, Told
from diffusion.suggest import closest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from diffusion.weights import Weights

UNET = "model.diffusion_model."
VAE = "first_stage_model."
_SDXL_L = "conditioner.embedders.0.transformer."
_SDXL_G = "conditioner.embedders.1.model."
_REFINER_G = "conditioner.embedders.0.model."
_SD2_H = ("cond_stage_model.model.", "cond_stage_model.transformer.")


FAMILIES = {
    "sd1": Family("SD 1.x", context=768, unet_head_width=None),
    "sd2": Family(
        "SD 2.x",
        context=1024,
        text=(TextKind("h", _SD2_H, normed=True),),
        native_size=(768, 768),
    ),
    "sdxl": Family(
        "SDXL",
        context=2048,
        latents=SDXL_LATENTS,
        text=(
            replace(CLIP_L, prefixes=(_SDXL_L,), layer=-2, normed=False),
            TextKind("g", (_SDXL_G,)),
        ),
        told=Told.SIZES,
        native_size=(1024, 1024),
    ),
    "sdxl_refiner": Family(
        "SDXL refiner",
        context=1280,
        latents=SDXL_LATENTS,
        text=(TextKind("g", (_REFINER_G, _SDXL_G)),),
        told=Told.AESTHETICS,
        native_size=(1024, 1024),
    ),
    "starter": Family(
        "starter",
        context=128,
        latents=LatentFormat(channels=4, scale=0.18215, name="starter"),
        vae_groups=4,
        native_size=(64, 64),
    ),
}


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a UNet tells its family.

    Attributes:
        context: Width of the embeddings that it attends to.
        linear: Whether its attention is entered by linear layers.
        vector: Width of what it is told besides; 0 for nothing.
    """

    context: int
    linear: bool
    vector: int = 0

    @classmethod
    def of(cls, tensors: Mapping[str, Tensor]) -> Sight | None:
        """Look at a UNet's tensors under original or diffusers names; None if they are none."""
        attention = next(
            (name for name, t in tensors.items() if name.endswith(CONTEXT_KEY) and t.ndim == 2),
            None,
        )
        if attention is None:
            return None
        entrance = tensors.get(attention.partition("transformer_blocks.")[0] + "proj_in.weight")
        told = next(
            (tensors[name] for name in _TOLD_KEYS if name in tensors and tensors[name].ndim > 1),
            None,
        )
        return cls(
            tensors[attention].shape[1],
            linear=entrance is not None and entrance.ndim == 2,
            vector=0 if told is None else told.shape[1],
        )


_TOLD_KEYS = ("label_emb.0.0.weight", "add_embedding.linear_1.weight")


def recognise(
    unet: Mapping[str, Tensor], weights: Weights, metadata: Mapping[str, str] | None = None
) -> Family:
    """The family of a UNet.

    Args:
        unet: Its tensors, under original or diffusers names.
        weights: The file they are from.
        metadata: Other notes than the file's.

    Raises:
        DiffusionError: No family fits; the sentence says what was found instead.
    """
    sight = Sight.of(unet)
    if sight is None:
        raise DiffusionError(
            f"{weights.source} is {kind_of(weights) or 'of a model family that is not known'}: "
            f"{found(weights)}; expected a model of {_supported()}, with a UNet under '{UNET}'"
        )
    return family_for(sight, weights.source, weights.metadata if metadata is None else metadata)


def family_for(sight: Sight, source: str, metadata: Mapping[str, str]) -> Family:
    """The family of a UNet that looks so.

    Raises:
        DiffusionError: No family does or has that name, or the metadata cannot be read.
    """
    if "safelight.family" in metadata:
        return overridden(named(metadata["safelight.family"], source), source, metadata)
    key = _looks_like(sight)
    if key is None:
        raise DiffusionError(
            f"{source} is of a model family that is not known: its UNet attends to embeddings "
            f"{sight.context} wide and is told {sight.vector} numbers besides, as an unCLIP model "
            f"or a depth model is perhaps; Safelight reads {_supported()}"
        )
    return overridden(FAMILIES[key], source, metadata)


def _looks_like(sight: Sight) -> str | None:
    if sight.context == FAMILIES["starter"].context and sight.linear and not sight.vector:
        return "starter"
    if not sight.vector:
        return "sd2" if sight.linear else "sd1"
    # The refiner attends to one encoder's embeddings, which are as wide as its pooled one.
    if sight.vector == sight.context + WAVES * len(Told.AESTHETICS.value):
        return "sdxl_refiner"
    # SDXL attends to two encoders' side by side; the pooled one is the wider one's.
    pooled = sight.vector - WAVES * len(Told.SIZES.value)
    return "sdxl" if sight.context // 2 < pooled < sight.context else None


def named(name: str, source: str) -> Family:
    """The family of a key.

    Raises:
        DiffusionError: There is no such key.
    """
    if name not in FAMILIES:
        raise DiffusionError(
            f"the metadata of {source} names an unknown family '{name}'{closest(name, FAMILIES)}"
        )
    return FAMILIES[name]


def autoencoder_family(weights: Weights) -> Family:
    """The family that tells what the shapes of an autoencoder cannot, SD 1.x unless noted.

    Raises:
        DiffusionError: The metadata cannot be read.
    """
    name = weights.metadata.get("safelight.family", "sd1")
    return overridden(named(name, weights.source), weights.source, weights.metadata)


def _supported() -> str:
    *others, last = [family.name for family in FAMILIES.values()]
    return f"{', '.join(others)} and {last}"
