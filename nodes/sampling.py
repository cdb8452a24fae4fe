"""Nodes that denoise latents under a prompt."""

from typing import Annotated

from diffusion.names import SAMPLER_NAMES, SCHEDULER_NAMES
from graph.context import NodeContext
from graph.decorator import node
from graph.definition import Lane
from graph.sockets import Combo, Float, Int
from nodes.types import Conditioning, Latent, Model
from nodes.watching import watched

MAX_SEED = 2**64 - 1

Cfg = Annotated[float, Float(0.0, 100.0, step=0.1, round=0.01)]
Seed = Annotated[int, Int(0, MAX_SEED, control_after_generate=True)]
Steps = Annotated[int, Int(1, 10000)]
SamplerName = Annotated[str, Combo(SAMPLER_NAMES)]
SchedulerName = Annotated[str, Combo(SCHEDULER_NAMES)]


@node("KSampler", category="sampling", display_name="KSampler", lane=Lane.ACCELERATOR, thrifty=True)
def k_sampler(
    ctx: NodeContext,
    model: Model,
    seed: Seed = 0,
    steps: Steps = 20,
    cfg: Cfg = 8.0,
    *,
    sampler_name: SamplerName,
    scheduler: SchedulerName,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Latent,
    denoise: Annotated[float, Float(0.0, 1.0, step=0.01)] = 1.0,
) -> Latent:
    """Denoise latents under a prompt.

    Args:
        ctx: What the engine offers.
        model: The model that denoises.
        seed: Where the noise comes from; the same seed makes the same picture.
        steps: More steps make finer pictures and take longer.
        cfg: How strongly the prompt is followed (classifier-free guidance); 1 leaves the negative
            prompt out.
        sampler_name: The way from noise to picture.
        scheduler: How the noise levels are spread over the steps.
        positive: What the picture should show.
        negative: What it should not show.
        latent_image: What to start from.
        denoise: How much of the latent is made anew; 1 is all of it.
    """
    from diffusion.sampling import sample

    with watched(ctx, model) as run:
        samples = sample(
            model,
            positive,
            negative,
            latent_image,
            seed=seed,
            steps=steps,
            cfg=cfg,
            sampler=sampler_name,
            schedule=scheduler,
            denoise=denoise,
            on_step=run.on_step,
            journal=run.journal,
        )
    return {**latent_image, "samples": samples}


@node(
    "KSamplerAdvanced",
    category="sampling",
    display_name="KSampler (Advanced)",
    lane=Lane.ACCELERATOR,
    thrifty=True,
)
def k_sampler_advanced(
    ctx: NodeContext,
    model: Model,
    add_noise: Annotated[str, Combo(("enable", "disable"))],
    noise_seed: Seed = 0,
    steps: Steps = 20,
    cfg: Cfg = 8.0,
    *,
    sampler_name: SamplerName,
    scheduler: SchedulerName,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Latent,
    start_at_step: Annotated[int, Int(0, 10000)] = 0,
    end_at_step: Annotated[int, Int(0, 10000)] = 10000,
    return_with_leftover_noise: Annotated[str, Combo(("disable", "enable"))],
) -> Latent:
    """Denoise latents from one step of a schedule to another, to hand them on half done.

    Args:
        ctx: What the engine offers.
        model: The model that denoises.
        add_noise: Whether the latents still need their noise.
        noise_seed: Where the noise comes from; the same seed makes the same picture.
        steps: Of the whole schedule.
        cfg: How strongly the prompt is followed (classifier-free guidance); 1 leaves the negative
            prompt out.
        sampler_name: The way from noise to picture.
        scheduler: How the noise levels are spread over the steps.
        positive: What the picture should show.
        negative: What it should not show.
        latent_image: What to start from.
        start_at_step: The first step to do, from 0.
        end_at_step: The step to stop before.
        return_with_leftover_noise: Whether the noise of the steps that are left out stays in.
    """
    from diffusion.sampling import sample

    with watched(ctx, model) as run:
        samples = sample(
            model,
            positive,
            negative,
            latent_image,
            seed=noise_seed,
            steps=steps,
            cfg=cfg,
            sampler=sampler_name,
            schedule=scheduler,
            start_step=start_at_step,
            last_step=end_at_step,
            add_noise=add_noise == "enable",
            force_full_denoise=return_with_leftover_noise == "disable",
            on_step=run.on_step,
            journal=run.journal,
        )
    return {**latent_image, "samples": samples}
