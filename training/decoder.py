"""Stage three: the decoder alone trains on, for sharper edges.

The latents stay what they are, so the denoiser does not notice. Most of what is blurred after
stage one, the points of small stars above all, is in the latents already; the decoder only needs
longer to learn to draw it.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from diffusers import AutoencoderKL
from torch import Tensor
from torch.nn import functional

from training.autoencoder import as_input
from training.fitting import Fit, Schedule


@dataclass(frozen=True)
class DecoderRecipe:
    """How the decoder trains on.

    Attributes:
        steps: Number of steps.
        batch: Pictures a step.
        noise: Noise on the latents, as a part of their standard deviation.
        seed: Of every batch.
    """

    steps: int = 2000
    batch: int = 16
    noise: float = 0.05
    seed: int = 0


def refine_decoder(
    autoencoder: AutoencoderKL,
    latents: Tensor,
    pictures: Tensor,
    recipe: DecoderRecipe,
    checkpoint: Path,
) -> None:
    """Train, or go on training, an autoencoder's decoder in place.

    Args:
        autoencoder: Its encoder is left as it is.
        latents: In the autoencoder's own units, [N, 4, 8, 8].
        pictures: What they stand for as bytes, [N, 3, 64, 64].
        recipe: How to.
        checkpoint: Where the run is kept.
    """
    spread = latents.std()

    def loss(_: int, generator: torch.Generator) -> Tensor:
        chosen = torch.randint(len(latents), (recipe.batch,), generator=generator)
        jitter = torch.randn(latents[chosen].shape, generator=generator)
        with torch.autocast("cpu", torch.bfloat16):
            decoded = autoencoder.decode(latents[chosen] + recipe.noise * spread * jitter).sample
        wanted = as_input(pictures[chosen])
        squared = functional.mse_loss(decoded.float(), wanted)
        error: Tensor = squared + 0.1 * functional.l1_loss(decoded.float(), wanted)
        return error

    modules = {"decoder": autoencoder.decoder, "post_quant_conv": autoencoder.post_quant_conv}
    schedule = Schedule(recipe.steps, peak=6e-4, warm_up=50, falling=0.9)
    settings = {**asdict(recipe), "scenes": len(pictures)}
    Fit("decoder", modules, loss, schedule, recipe.seed, settings).run(checkpoint)
