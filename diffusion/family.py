"""What the shapes of a model's tensors cannot tell, and its family does."""

from __future__ import annotations

from dataclasses import dataclass

from diffusion.latents import SD15_LATENTS, LatentFormat
from diffusion.parameterisation import Prediction


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
