"""Nodes that denoise latents under a prompt."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from diffusion.names import SAMPLER_NAMES, SCHEDULER_NAMES
from graph.context import NodeContext
from graph.decorator import node
from graph.definition import Lane
from graph.sockets import Combo, Float, Int
from nodes.types import Conditioning, Latent, Model

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from diffusion.driver import Step
    from diffusion.latents import LatentFormat

MAX_SEED = 2**64 - 1

Cfg = Annotated[float, Float(0.0, 100.0, step=0.1, round=0.01)]
Seed = Annotated[int, Int(0, MAX_SEED, control_after_generate=True)]
Steps = Annotated[int, Int(1, 10000)]
SamplerName = Annotated[str, Combo(SAMPLER_NAMES)]
SchedulerName = Annotated[str, Combo(SCHEDULER_NAMES)]


@dataclass(frozen=True, eq=False)
class LatentPreview:
    """A step's guess of the finished picture, drawn only when somebody looks.

    Attributes:
        denoised: [B, C, h, w] in model units.
        units: Knows the colours that latents stand for.
    """

    denoised: "torch.Tensor"
    units: "LatentFormat"

    def __call__(self) -> "torch.Tensor | None":
        """The first picture, [1, h, w, 3] in 0..1; None where the colours are unknown."""
        return self.units.preview(self.denoised[:1])


@node("KSampler", category="sampling", display_name="KSampler", lane=Lane.ACCELERATOR)
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
        on_step=_reporter(ctx, model),
    )
    return {**latent_image, "samples": samples}


@node(
    "KSamplerAdvanced",
    category="sampling",
    display_name="KSampler (Advanced)",
    lane=Lane.ACCELERATOR,
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
        on_step=_reporter(ctx, model),
    )
    return {**latent_image, "samples": samples}


def _reporter(ctx: NodeContext, model: Model) -> "Callable[[Step], None]":
    """Tell the run of each step; a cancelled run ends here."""

    def report(step: "Step") -> None:
        preview = LatentPreview(step.denoised, model.latent_format)
        ctx.progress(step.step, step.total, preview)

    return report
