"""Stage two: the denoising network and its text encoder, trained together.

The network predicts the noise (Ho et al. 2020, arXiv:2006.11239) on SD's 1,000 scaled-linear
levels. Each level's loss is weighted by min(SNR, 5) / SNR (Hang et al. 2023, arXiv:2303.09556,
eq. 8), and an eighth of the captions is dropped so that the model can be guided without a
classifier (Ho and Salimans 2022, arXiv:2207.12598).
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel

from training.averages import MovingAverage
from training.fitting import Fit, Schedule

HEAD_WIDTH = 64
CHANNELS = (128, 192)
CONTEXT_WIDTH = 128
VOCABULARY = 49408
END_OF_TEXT = 49407
START_OF_TEXT = 49406
TOKENS = 77
SNR_CEILING = 5.0


@dataclass(frozen=True)
class DenoiserRecipe:
    """How network and text encoder are trained.

    Attributes:
        steps: Number of steps.
        batch: Latents a step.
        dropped: Part of the captions that are replaced by the empty prompt.
        decay: Of the moving average that is exported.
        seed: Of the weights and every batch.
    """

    steps: int = 1300
    batch: int = 128
    dropped: float = 0.12
    decay: float = 0.9995
    seed: int = 0


@dataclass(frozen=True)
class Denoiser:
    """The network and the text encoder that it listens to."""

    unet: UNet2DConditionModel
    text_encoder: CLIPTextModel

    def predict(self, x: Tensor, timesteps: Tensor, tokens: Tensor) -> Tensor:
        """The noise in x, [B, 4, h, w], at timesteps [B] for token ids [B, 77]."""
        context = self.text_encoder(tokens).last_hidden_state
        prediction: Tensor = self.unet(x, timesteps, context).sample
        return prediction


@dataclass(frozen=True)
class Examples:
    """What the denoiser learns from.

    Attributes:
        latents: Unit-variance latents, [N, 4, 8, 8].
        tokens: Token ids of their captions, [N, 77].
        empty: Token ids of the empty prompt, [77].
    """

    latents: Tensor
    tokens: Tensor
    empty: Tensor


def build_denoiser(seed: int = 0) -> Denoiser:
    """Network and text encoder with fresh weights."""
    torch.manual_seed(seed)
    denoiser = Denoiser(_build_unet(), _build_text_encoder())
    _prefer_fast_kernels(denoiser)
    return denoiser


def signal_levels() -> Tensor:
    """ᾱ of SD's 1,000 noise levels, [1000]."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64).square()
    return torch.cumprod(1.0 - betas, dim=0).float()


def train_denoiser(examples: Examples, recipe: DenoiserRecipe, checkpoint: Path) -> Denoiser:
    """Train, or go on training, network and text encoder; the result holds the averaged weights.

    Args:
        examples: Latents with the token ids of their captions.
        recipe: How to.
        checkpoint: Where the run is kept.
    """
    denoiser = build_denoiser(recipe.seed)
    levels = signal_levels()
    modules: dict[str, nn.Module] = {"unet": denoiser.unet, "text_encoder": denoiser.text_encoder}
    weights = [weight for module in modules.values() for weight in module.parameters()]
    average = MovingAverage(weights, recipe.decay)

    def loss(_: int, generator: torch.Generator) -> Tensor:
        latents, tokens = draw_batch(examples, recipe, generator)
        return denoising_loss(denoiser, latents, tokens, levels, generator)

    schedule = Schedule(recipe.steps, peak=8e-4, warm_up=200, falling=0.4)
    settings = {**asdict(recipe), "scenes": len(examples.latents)}
    Fit("denoiser", modules, loss, schedule, recipe.seed, settings, average).run(checkpoint)
    average.copy_to_parameters()
    for module in modules.values():
        module.eval()
    return denoiser


def denoising_loss(
    denoiser: Denoiser, latents: Tensor, tokens: Tensor, levels: Tensor, generator: torch.Generator
) -> Tensor:
    """Weighted squared error of the predicted noise at random levels.

    Args:
        denoiser: What is trained.
        latents: Unit-variance latents, [B, 4, 8, 8].
        tokens: Token ids, [B, 77].
        levels: ᾱ of every timestep, [1000].
        generator: Of levels and noise.
    """
    timesteps = torch.randint(len(levels), (len(latents),), generator=generator)
    noise = torch.randn(latents.shape, generator=generator)
    signal = levels[timesteps][:, None, None, None]
    noisy = signal.sqrt() * latents + (1.0 - signal).sqrt() * noise
    with torch.autocast("cpu", torch.bfloat16):
        predicted = denoiser.predict(noisy, timesteps, tokens)
    return (level_weight(signal) * (predicted.float() - noise).square()).mean()


def draw_batch(
    examples: Examples, recipe: DenoiserRecipe, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Random latents, [B, 4, 8, 8], with their token ids, [B, 77], some of them dropped."""
    chosen = torch.randint(len(examples.latents), (recipe.batch,), generator=generator)
    dropped = torch.rand(recipe.batch, generator=generator) < recipe.dropped
    tokens = torch.where(dropped[:, None], examples.empty, examples.tokens[chosen])
    return examples.latents[chosen], tokens


def level_weight(signal: Tensor) -> Tensor:
    """How much a noise level's loss counts, min(SNR, 5) / SNR, for ᾱ of any shape."""
    ratio = signal / (1.0 - signal)
    return ratio.clamp(max=SNR_CEILING) / ratio


def _prefer_fast_kernels(denoiser: Denoiser) -> None:
    # On processors with bfloat16 matrices these halve a training step: torch's fused attention is
    # slow backwards on a CPU, and convolutions like the channels last.
    denoiser.unet.to(memory_format=torch.channels_last)
    denoiser.unet.set_attn_processor(AttnProcessor())
    denoiser.text_encoder.set_attn_implementation("eager")


def _build_unet() -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=8,
        down_block_types=("CrossAttnDownBlock2D",) * 2,
        up_block_types=("CrossAttnUpBlock2D",) * 2,
        block_out_channels=CHANNELS,
        layers_per_block=1,
        cross_attention_dim=CONTEXT_WIDTH,
        # diffusers reads this argument as the number of heads.
        attention_head_dim=tuple(width // HEAD_WIDTH for width in CHANNELS),
        use_linear_projection=True,
    )


def _build_text_encoder() -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=VOCABULARY,
            hidden_size=CONTEXT_WIDTH,
            intermediate_size=4 * CONTEXT_WIDTH,
            num_hidden_layers=3,
            num_attention_heads=CONTEXT_WIDTH // HEAD_WIDTH,
            max_position_embeddings=TOKENS,
            projection_dim=CONTEXT_WIDTH,
            bos_token_id=START_OF_TEXT,
            eos_token_id=END_OF_TEXT,
            pad_token_id=END_OF_TEXT,
        )
    )
