"""The one call that makes a latent: noise, schedule, sampler, guidance and units put together."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from diffusion.answer_log import Journal, resuming_from, run_tag
from diffusion.brownian import BrownianNoise
from diffusion.composing import composed
from diffusion.conditioning import ConditioningEntry, read_conditioning
from diffusion.driver import OnStep, drive
from diffusion.guidance import Guider, answer_together, classifier_free
from diffusion.latent_batch import LatentBatch, read_latent
from diffusion.masks import Inpainting, fit_mask
from diffusion.model import DiffusionModel
from diffusion.noise import IndependentNoise, draw_noise
from diffusion.samplers.problem import Problem, StepNoise
from diffusion.samplers.question import Answer, Question
from diffusion.samplers.registry import NoiseKind, Sampler, find_sampler
from diffusion.span import Span
from diffusion.timing import timed


def sample(
    model: DiffusionModel,
    positive: Sequence[ConditioningEntry],
    negative: Sequence[ConditioningEntry],
    latent: Mapping[str, Any],
    *,
    seed: int,
    steps: int,
    cfg: float,
    sampler: str,
    schedule: str,
    denoise: float = 1.0,
    start_step: int | None = None,
    last_step: int | None = None,
    add_noise: bool = True,
    force_full_denoise: bool = False,
    on_step: OnStep | None = None,
    journal: Journal | None = None,
) -> Tensor:
    """Denoise a latent under a prompt.

    Args:
        model: The model, loaded.
        positive: CONDITIONING of what the picture should show.
        negative: CONDITIONING of what it should not; not evaluated at cfg 1.
        latent: `{"samples": [B, C, h, w], "noise_mask"?, "batch_index"?}` in LATENT units.
        seed: 0 to 2^64 − 1.
        steps: At least 1.
        cfg: Guidance scale.
        sampler: One of `names.SAMPLER_NAMES`.
        schedule: One of `names.SCHEDULER_NAMES`.
        denoise: 0..1; 0 gives the latent back.
        start_step: First step of the schedule to do.
        last_step: Step to stop before, its noise left in.
        add_noise: Whether the latent still needs its noise.
        force_full_denoise: Leave no noise in at `last_step`.
        on_step: Told of every step; may raise to cancel.
        journal: Where answers are written down, and where they are read if the same call was
            killed, to go on from there. It belongs to this model, prompt and sampler alone.

    Returns:
        [B, C, h, w] float32 on the CPU, in LATENT units.

    Raises:
        DiffusionError: Something about the call is wrong; one sentence says what.
    """
    chosen = find_sampler(sampler)
    space = model.parameterisation
    span = Span(steps, denoise, start_step, last_step, force_full_denoise)
    sigmas = span.sigmas(schedule, space.levels, chosen)
    batch = read_latent(latent, model.latent_format, model.family)
    if len(sigmas) < 2:
        return batch.samples
    shape = batch.samples.shape
    noise = draw_noise(shape, seed, batch.index) if add_noise else torch.zeros(shape)
    guider = classifier_free(
        read_conditioning(positive, space, model.device),
        read_conditioning(negative, space, model.device),
        cfg,
    )
    return sample_guided(
        model,
        guider,
        chosen,
        sigmas,
        batch,
        noise,
        seed=seed,
        schedule=Span(steps, denoise).sigmas(schedule, space.levels, chosen),
        on_step=on_step,
        journal=journal,
    )


def sample_guided(
    model: DiffusionModel,
    guider: Guider,
    sampler: Sampler,
    sigmas: tuple[float, ...],
    batch: LatentBatch,
    noise: Tensor,
    *,
    seed: int,
    schedule: tuple[float, ...] = (),
    on_step: OnStep | None = None,
    journal: Journal | None = None,
) -> Tensor:
    """Run a sampler over given noise levels.

    Args:
        model: The model.
        guider: Prompt and guidance, without inpainting: the batch's mask brings that.
        sampler: From the registry.
        sigmas: Levels to visit, falling, two at least.
        batch: What to start from, in LATENT units.
        noise: Noise to mix in, shaped as the batch; zeros for none.
        seed: Of the sampler's fresh noise.
        schedule: The whole of which these levels are a part, for prompts that name its steps;
            these levels are the whole unless given.
        on_step: Told of every step; may raise to cancel.
        journal: Where answers are written down, and where they are read if the same call was
            killed, to go on from there. It belongs to this model, prompt and sampler alone.

    Returns:
        [B, C, h, w] float32 on the CPU, in LATENT units.
    """
    space, units = model.parameterisation, model.latent_format
    sigmas = _without_repeats(sigmas)
    original, noise = _into_model(model, batch.samples), noise.to(model.device)
    inpainting = _inpainting(model, sampler, sigmas, batch, original, noise, seed)
    guider = composed(timed(guider, schedule or sigmas))
    placed = guider.placed(model, original, inpainting)
    start = space.noised(original, noise, sigmas[0], whole_way=space.starts_at_the_top(sigmas[0]))
    step_noise = _step_noise(sampler, start, sigmas, seed)
    problem = Problem(sigmas, step_noise, space.levels, flow=space.is_flow)
    resuming = resuming_from(journal, run_tag(start, sigmas, seed), model.device)

    def answer_question(question: Question) -> Answer:
        return answer_together(model, [(placed, question)])[0]

    with torch.inference_mode():
        final = drive(
            sampler.start(start, problem),
            answer_question,
            total=problem.steps,
            on_step=on_step,
            log=resuming.log,
            replay=resuming.replay,
        )
    return units.out_of_model(space.picture_part(final, sigmas[-1])).cpu()


def _without_repeats(sigmas: tuple[float, ...]) -> tuple[float, ...]:
    """Leave out steps that go nowhere: with more steps than levels, schedules repeat themselves."""
    moving = [end for start, end in pairwise(sigmas) if end != start]
    return (sigmas[0], *moving)


def _into_model(model: DiffusionModel, samples: Tensor) -> Tensor:
    """To model units; an all-zero latent means "nothing yet" and stays zero, whatever the shift."""
    samples = samples.to(model.device)
    return model.latent_format.into_model(samples) if bool(samples.any()) else samples


def _inpainting(
    model: DiffusionModel,
    sampler: Sampler,
    sigmas: tuple[float, ...],
    batch: LatentBatch,
    original: Tensor,
    noise: Tensor,
    seed: int,
) -> Inpainting | None:
    """The part of the picture to keep, if the batch has a mask."""
    if batch.mask is None:
        return None
    if sampler.redraws_mask_noise:
        noise = draw_noise(noise.shape, seed + 1).to(noise.device)
    mask = fit_mask(batch.mask, original)
    space = model.parameterisation
    return Inpainting(mask, original, noise, space, sigmas, model.mask_over_time)


def _step_noise(sampler: Sampler, like: Tensor, sigmas: tuple[float, ...], seed: int) -> StepNoise:
    if sampler.noise is NoiseKind.BROWNIAN:
        return BrownianNoise(like, seed, min(filter(None, sigmas)), max(sigmas))
    return IndependentNoise(like, seed)
