"""A loaded model as sampling sees it: a network and what its numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from diffusion.evaluation import Network
    from diffusion.latents import LatentFormat
    from diffusion.parameterisation import Parameterisation


@dataclass(frozen=True, eq=False)
class DiffusionModel:
    """A denoising network with its units. Frozen: a patched model is another object.

    Attributes:
        network: Scaled x, timestep and context in, raw prediction out.
        parameterisation: What the raw prediction means, and the noise levels.
        latent_format: The units of its latents.
        family: How messages call the kind of model, "SD 1.x" for instance.
        device: Where its weights are.
        dtype: What it computes in.
        native_size: Width and height in pixels that it was trained at.
    """

    network: Network
    parameterisation: Parameterisation
    latent_format: LatentFormat
    family: str
    device: torch.device
    dtype: torch.dtype
    native_size: tuple[int, int] = (512, 512)
