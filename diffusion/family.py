"""What the shapes of a model's tensors cannot tell, and its family does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diffusion.latents import SD15_LATENTS, LatentFormat
from diffusion.parameterisation import Prediction
from diffusion.tokens import END

if TYPE_CHECKING:
    from diffusion.size_conditioning import Told


@dataclass(frozen=True)
class TextKind:
    """A text encoder of a family, and how the family reads it.

    Attributes:
        name: `l` for CLIP's own, `h` and `g` for OpenCLIP's.
        prefixes: Where its tensors may be in a single file, the usual place first.
        activation: As transformers names it.
        padding: The token that fills a chunk after its end.
        layer: −1 for the last layer, −2 for the one before it.
        normed: Whether the embeddings go through the last norm.
    """

    name: str
    prefixes: tuple[str, ...]
    activation: str = "gelu"
    padding: int = 0
    layer: int = -2
    normed: bool = False


CLIP_L = TextKind("l", ("cond_stage_model.transformer.",), "quick_gelu", END, -1, normed=True)


@dataclass(frozen=True)
class Family:
    """A kind of model.

    Attributes:
        name: How messages call it.
        context: Width of the prompt's embedding that its UNet usually attends to.
        latents: The units of its latents.
        prediction: What its UNet answers.
        unet_head_width: Channels of an attention head; None for eight heads whatever the width.
        unet_groups: Groups of the UNet's group norms.
        vae_groups: Groups of the autoencoder's group norms.
        text: Its text encoders, in the order in which their embeddings lie side by side.
        text_head_width: Channels of the text encoders' attention heads.
        told: Which numbers its UNet is told besides the prompt; None for none.
        native_size: Width and height in pixels that it was trained at.
    """

    name: str
    context: int
    latents: LatentFormat = SD15_LATENTS
    prediction: Prediction = Prediction.EPS
    unet_head_width: int | None = 64
    unet_groups: int = 32
    vae_groups: int = 32
    text: tuple[TextKind, ...] = (CLIP_L,)
    text_head_width: int = 64
    told: Told | None = None
    native_size: tuple[int, int] = (512, 512)
