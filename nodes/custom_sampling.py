"""Nodes that denoise latents with a sampler, noise levels and guidance from other nodes."""

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

from graph.context import NodeContext
from graph.decorator import node
from graph.definition import Lane
from graph.errors import NodeInputError
from graph.sockets import Boolean, Float, Int
from nodes.checks import blaming
from nodes.types import Conditioning, Guider, Latent, Model, Noise, Sampler, Sigmas
from nodes.watching import watched

if TYPE_CHECKING:
    from torch import Tensor

    from diffusion.noise import NoiseSource


@node(
    "SamplerCustom",
    category="sampling/custom_sampling",
    output_names=("output", "denoised_output"),
    lane=Lane.ACCELERATOR,
    thrifty=True,
)
def sampler_custom(
    ctx: NodeContext,
    model: Model,
    add_noise: Annotated[bool, Boolean()] = True,
    noise_seed: Annotated[int, Int(0, 2**64 - 1, control_after_generate=True)] = 0,
    cfg: Annotated[float, Float(0.0, 100.0, step=0.1, round=0.01)] = 8.0,
    *,
    positive: Conditioning,
    negative: Conditioning,
    sampler: Sampler,
    sigmas: Sigmas,
    latent_image: Latent,
) -> tuple[Latent, Latent]:
    """Denoise latents under a prompt, with a sampler and noise levels of your choice.

    Args:
        ctx: What the engine offers.
        model: The model that denoises.
        add_noise: Whether the latents still need their noise.
        noise_seed: Where the noise comes from; the same seed makes the same picture.
        cfg: How strongly the prompt is followed (classifier-free guidance); 1 leaves the negative
            prompt out.
        positive: What the picture should show.
        negative: What it should not show.
        sampler: The way from noise to picture.
        sigmas: The noise levels; where they rise, a picture becomes its noise.
        latent_image: What to start from.
    """
    from diffusion.custom_sampling import guided
    from diffusion.formulas import ClassifierFree
    from diffusion.noise import NoNoise, RandomNoise

    noise: NoiseSource = RandomNoise(noise_seed) if add_noise else NoNoise(noise_seed)
    guider = guided(model, ClassifierFree(cfg), positive=positive, negative=negative)
    return _sampled(ctx, guider, sampler, sigmas, latent_image, noise)


@node(
    "SamplerCustomAdvanced",
    category="sampling/custom_sampling",
    output_names=("output", "denoised_output"),
    lane=Lane.ACCELERATOR,
    thrifty=True,
)
def sampler_custom_advanced(
    ctx: NodeContext,
    noise: Noise,
    guider: Guider,
    sampler: Sampler,
    sigmas: Sigmas,
    latent_image: Latent,
) -> tuple[Latent, Latent]:
    """Denoise latents with noise, guidance, a sampler and noise levels of your choice.

    Args:
        ctx: What the engine offers.
        noise: What the latents are to be mixed with.
        guider: The model and the prompts that guide it.
        sampler: The way from noise to picture.
        sigmas: The noise levels; where they rise, a picture becomes its noise.
        latent_image: What to start from.
    """
    return _sampled(ctx, guider, sampler, sigmas, latent_image, noise)


def _sampled(
    ctx: NodeContext,
    guider: Guider,
    sampler: Sampler,
    sigmas: Sigmas,
    latent: Latent,
    noise: Noise,
) -> tuple[Latent, Latent]:
    from diffusion.custom_sampling import GuidedModel, sample_custom
    from diffusion.samplers.choice import SamplerChoice

    # Other packs make samplers and guiders of their own, which run in their own way only.
    _require(sampler, SamplerChoice, "sampler")
    _require(guider, GuidedModel, "guider")
    _warn_of_levels(ctx, sigmas)
    with watched(ctx, guider.model) as run:
        made = sample_custom(
            guider, sampler, sigmas, latent, noise, on_step=run.on_step, journal=run.journal
        )
    return {**latent, "samples": made.samples}, {**latent, "samples": made.denoised}


def _require(value: object, kind: type, name: str) -> None:
    if not isinstance(value, kind):
        raise NodeInputError(
            f"input '{name}' takes what the {name} nodes here make, but {type(value).__name__} came"
        )


def _warn_of_levels(ctx: NodeContext, sigmas: "Tensor") -> None:
    """Say what is odd about noise levels, and can be done all the same."""
    from diffusion.sigmas import as_sigmas

    with blaming("sigmas"):
        levels = as_sigmas(sigmas).tolist()
    if not levels:
        ctx.warn(
            "there are no noise levels (zero steps, or denoise 0): the latents stay as they are"
        )
    ups = {later > earlier for earlier, later in pairwise(levels) if later != earlier}
    if len(ups) > 1:
        ctx.warn("the noise levels go both up and down, which few samplers are made for")
