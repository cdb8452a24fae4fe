"""Units of latents: what travels between nodes and what the network works on.

LATENT units are what the autoencoder gives and takes; model units have unit variance. Into the
model: (latent − shift) · scale. Previews are a linear map from model units to RGB, fitted per
family.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class LatentFormat:
    """The latent space of a model family.

    Attributes:
        channels: Number of channels.
        scale: Factor from LATENT units to model units.
        shift: Subtracted before scaling.
        rgb_factors: One (red, green, blue) row a channel, for previews of model-unit latents in
            −1..1; empty if unknown.
        rgb_bias: Added to the preview.
        name: How messages call it.
        tiny: What the files of the TAESD autoencoder for it are called, without `_decoder`; empty
            if there is none.
    """

    channels: int
    scale: float
    shift: float = 0.0
    rgb_factors: tuple[tuple[float, float, float], ...] = ()
    rgb_bias: tuple[float, float, float] = (0.0, 0.0, 0.0)
    name: str = ""
    tiny: str = ""

    def into_model(self, latent: Tensor) -> Tensor:
        """From LATENT units to model units."""
        return (latent - self.shift) * self.scale

    def out_of_model(self, latent: Tensor) -> Tensor:
        """From model units to LATENT units."""
        return latent / self.scale + self.shift

    def preview(self, latent: Tensor) -> Tensor | None:
        """A small picture of latents in model units, without the autoencoder.

        Args:
            latent: [B, C, h, w] in model units, for instance the denoised guess of a step.

        Returns:
            An image [B, h, w, 3] in 0..1 on the latent's device, or None where the factors are
            unknown.
        """
        if not self.rgb_factors:
            return None
        factors = torch.tensor(self.rgb_factors, dtype=torch.float32, device=latent.device)
        bias = torch.tensor(self.rgb_bias, dtype=torch.float32, device=latent.device)
        rgb = latent.float().movedim(1, -1) @ factors + bias
        return ((rgb + 1.0) / 2.0).clamp(0.0, 1.0)


SD15_LATENTS = LatentFormat(
    channels=4,
    scale=0.18215,
    rgb_factors=(
        (0.3512, 0.2297, 0.3227),
        (0.3250, 0.4974, 0.2350),
        (-0.2829, 0.1762, 0.2721),
        (-0.2120, -0.2616, -0.7177),
    ),
    name="SD 1.x/2.x",
    tiny="taesd",
)

SDXL_LATENTS = LatentFormat(
    channels=4,
    scale=0.13025,
    rgb_factors=(
        (0.3651, 0.4232, 0.4341),
        (-0.2533, -0.0042, 0.1068),
        (0.1076, 0.1111, -0.0362),
        (-0.3165, -0.2492, -0.2188),
    ),
    rgb_bias=(0.1084, -0.0175, -0.0011),
    name="SDXL",
    tiny="taesdxl",
)

SD3_LATENTS = LatentFormat(channels=16, scale=1.5305, shift=0.0609, name="SD 3", tiny="taesd3")

FLUX_LATENTS = LatentFormat(channels=16, scale=0.3611, shift=0.1159, name="Flux", tiny="taef1")
