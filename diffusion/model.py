"""A loaded model as sampling sees it: a network and what its numbers mean.

Patched models are copies that share the network; what is patched is done while the network is
asked, and leaves nothing on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from diffusion.moment import Combination, Correction, GuidancePatches

if TYPE_CHECKING:
    import torch

    from diffusion.evaluation import Network
    from diffusion.latents import LatentFormat
    from diffusion.masks import MaskOverTime
    from diffusion.parameterisation import Parameterisation
    from diffusion.size_conditioning import SizeConditioning


@dataclass(frozen=True, eq=False)
class DiffusionModel:
    """A denoising network with its units. Frozen: a patched model is another object.

    Attributes:
        network: Scaled x, timestep, context and vector in, raw prediction out.
        parameterisation: What the raw prediction means, and the noise levels.
        latent_format: The units of its latents.
        family: How messages call the kind of model, "SD 1.x" for instance.
        device: Where its weights are.
        dtype: What it computes in.
        native_size: Width and height in pixels that it was trained at.
        told: Makes the vector that the network is told besides the prompt; None where it is none.
        extra_channels: What x carries after the latent: 5 for a mask and a masked picture, 4 for a
            picture alone, 0 for most.
        guidance: How it guides, where that was patched.
        mask_over_time: How masks of the latent change while it samples, if they do.
    """

    network: Network
    parameterisation: Parameterisation
    latent_format: LatentFormat
    family: str
    device: torch.device
    dtype: torch.dtype
    native_size: tuple[int, int] = (512, 512)
    told: SizeConditioning | None = None
    extra_channels: int = 0
    guidance: GuidancePatches = field(default_factory=GuidancePatches)
    mask_over_time: MaskOverTime | None = None

    def with_sampling(
        self, parameterisation: Parameterisation, latent_format: LatentFormat | None = None
    ) -> DiffusionModel:
        """The same network, its numbers read in another way."""
        units = latent_format or self.latent_format
        return replace(self, parameterisation=parameterisation, latent_format=units)

    def with_combination(self, combination: Combination) -> DiffusionModel:
        """The same network with another way to guide; the last one counts."""
        return replace(self, guidance=replace(self.guidance, combination=combination))

    def with_correction(self, correction: Correction) -> DiffusionModel:
        """The same network with one more correction of what guidance makes."""
        corrections = (*self.guidance.corrections, correction)
        return replace(self, guidance=replace(self.guidance, corrections=corrections))

    def with_mask_over_time(self, over_time: MaskOverTime) -> DiffusionModel:
        """The same network, masks of latents changing while it samples."""
        return replace(self, mask_over_time=over_time)
