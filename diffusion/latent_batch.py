"""A LATENT socket's value, checked against the model that is to work on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.latents import FLUX_LATENTS, SD3_LATENTS, SD15_LATENTS, SDXL_LATENTS, LatentFormat

_KNOWN_FORMATS = (SD15_LATENTS, SDXL_LATENTS, SD3_LATENTS, FLUX_LATENTS)


@dataclass(frozen=True)
class LatentBatch:
    """Latents to start from.

    Attributes:
        samples: Float32 [B, C, h, w] in LATENT units, on the CPU.
        mask: Where to paint anew, any size; None for everywhere.
        index: Each item's place in the batch it was taken from, if it was.
    """

    samples: Tensor
    mask: Tensor | None = None
    index: tuple[int, ...] | None = None


def read_latent(latent: Mapping[str, Any], units: LatentFormat, family: str) -> LatentBatch:
    """Check a LATENT and take it apart.

    An empty latent (all zeros) of another family has nothing to lose, and gets the right channels.

    Args:
        latent: `{"samples", "noise_mask"?, "batch_index"?}`.
        units: The model's latent space.
        family: The model's family, for messages.

    Raises:
        DiffusionError: The samples are not latents of this family, hold NaN, or the batch index
            does not name one place an item.
    """
    samples = latent["samples"]
    if samples.ndim != 4 or samples.numel() == 0:
        raise DiffusionError(
            f"{family} works on latents of shape [batch, {units.channels}, height/8, width/8], "
            f"but {list(samples.shape)} came."
        )
    samples = samples.detach().to("cpu", torch.float32)
    if not bool(torch.isfinite(samples).all()):
        raise DiffusionError("The latent holds NaN or infinity: look at the node that made it.")
    if samples.shape[1] != units.channels:
        samples = _with_channels(samples, units, family)
    return LatentBatch(samples, latent.get("noise_mask"), _read_index(latent, samples.shape[0]))


def _with_channels(samples: Tensor, units: LatentFormat, family: str) -> Tensor:
    batch, channels, height, width = samples.shape
    if not bool(samples.any()):
        return torch.zeros(batch, units.channels, height, width)
    kin = [known.name for known in _KNOWN_FORMATS if known.channels == channels]
    whose = f", as {' and '.join(kin)} latents have," if kin else ""
    raise DiffusionError(
        f"The latent has {channels} channels{whose} but {family} works on {units.channels}: "
        "encode the picture with the VAE of this model."
    )


def _read_index(latent: Mapping[str, Any], batch: int) -> tuple[int, ...] | None:
    given = latent.get("batch_index")
    if given is None:
        return None
    index = tuple(int(place) for place in given)
    if len(index) != batch or min(index) < 0:
        raise DiffusionError(
            f"`batch_index` names one place (0, 1, …) for each of the {batch} latents, "
            f"but {list(index)} came."
        )
    return index
