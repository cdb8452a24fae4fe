"""Sampling put together by hand: noise, guider, sampler and noise levels each from elsewhere.

With the parts that `sampling.sample` would choose it makes the same latents, bit for bit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from diffusion.answer_log import Journal
from diffusion.conditioning import ConditioningEntry, read_conditioning
from diffusion.driver import OnStep
from diffusion.errors import DiffusionError
from diffusion.guidance import Guider
from diffusion.latent_batch import LatentBatch, read_latent
from diffusion.model import DiffusionModel
from diffusion.moment import Formula
from diffusion.noise import NoiseSource
from diffusion.samplers.choice import SamplerChoice
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Sampling
from diffusion.samplers.registry import Sampler
from diffusion.sampling import sample_guided
from diffusion.sigmas import as_sigmas


@dataclass(frozen=True, eq=False)
class GuidedModel:
    """What a GUIDER socket carries: a model and how it is guided."""

    model: DiffusionModel
    guider: Guider


@dataclass(frozen=True)
class Sampled:
    """What a run made.

    Attributes:
        samples: [B, C, h, w] float32 on the CPU, in LATENT units.
        denoised: The model's guess of the finished picture at the last step, likewise; without any
            step, the samples.
    """

    samples: Tensor
    denoised: Tensor


def guided(
    model: DiffusionModel, formula: Formula, **sides: Sequence[ConditioningEntry]
) -> GuidedModel:
    """Guide a model.

    Args:
        model: The model.
        formula: How the pictures of the sides become one.
        **sides: CONDITIONING of each side that the formula knows.

    Raises:
        DiffusionError: A side is no CONDITIONING.
    """
    space, device = model.parameterisation, model.device
    read = {name: read_conditioning(entries, space, device) for name, entries in sides.items()}
    return GuidedModel(model, Guider(read, formula))


def sample_custom(
    guided_model: GuidedModel,
    choice: SamplerChoice,
    sigmas: Tensor,
    latent: Mapping[str, Any],
    noise: NoiseSource,
    *,
    on_step: OnStep | None = None,
    journal: Journal | None = None,
) -> Sampled:
    """Run a sampler over given noise levels.

    Args:
        guided_model: The model and its guidance.
        choice: The sampler and its options.
        sigmas: [n]. Without any the latent comes back; with one, noised to that level. They may
            rise, for a sampler that adds no noise: then a picture becomes its noise.
        latent: `{"samples": [B, C, h, w], "noise_mask"?, "batch_index"?}` in LATENT units.
        noise: What to mix in, and the seed of the sampler's fresh noise.
        on_step: Told of every step; may raise to cancel.
        journal: See `sampling.sample`.

    Raises:
        DiffusionError: Something about the call is wrong; one sentence says what.
    """
    model = guided_model.model
    levels = tuple(as_sigmas(sigmas).tolist())
    batch = read_latent(latent, model.latent_format, model.family)
    choice.require_levels(levels)
    if not levels:
        return Sampled(batch.samples, batch.samples)
    seen: list[Tensor] = []
    samples = sample_guided(
        model,
        guided_model.guider,
        _remembering(choice.sampler(), seen) if len(levels) > 1 else Sampler(_stay),
        levels,
        batch,
        _drawn(noise, latent, batch),
        seed=noise.seed,
        on_step=on_step,
        journal=journal,
    )
    denoised = model.latent_format.out_of_model(seen[-1]).cpu() if seen else samples
    return Sampled(samples, denoised)


def add_noise(
    model: DiffusionModel, noise: NoiseSource, sigmas: Tensor, latent: Mapping[str, Any]
) -> Tensor:
    """Mix noise into latents, as much as lies between the first and the last level.

    Args:
        model: Knows how noise is mixed in.
        noise: Unit variance noise.
        sigmas: [n]; without any the latent comes back, with one this is the amount.
        latent: A LATENT.

    Returns:
        [B, C, h, w] float32 on the CPU, in LATENT units.
    """
    levels = as_sigmas(sigmas).tolist()
    batch = read_latent(latent, model.latent_format, model.family)
    if not levels:
        return batch.samples
    amount = abs(levels[0] - levels[-1]) if len(levels) > 1 else levels[0]
    units = model.latent_format
    picture = units.into_model(batch.samples) if bool(batch.samples.any()) else batch.samples
    drawn = _drawn(noise, latent, batch)
    return units.out_of_model(model.parameterisation.noised(picture, drawn, amount))


def _drawn(noise: NoiseSource, latent: Mapping[str, Any], batch: LatentBatch) -> Tensor:
    """The noise for a batch, whoever makes it."""
    drawn = noise.generate_noise({**latent, "samples": batch.samples})
    if drawn.shape != batch.samples.shape:
        raise DiffusionError(
            f"The noise is shaped {list(drawn.shape)}, but the latents {list(batch.samples.shape)}."
        )
    return drawn.detach().to("cpu", torch.float32)


def _remembering(sampler: Sampler, seen: list[Tensor]) -> Sampler:
    """The same sampler, the denoised picture of its last step kept, also of a step replayed."""

    def start(x: Tensor, problem: Problem) -> Sampling:
        sampling = sampler.start(x, problem)
        try:
            question = next(sampling)
            while True:
                answer = yield question
                if not question.inner:
                    seen[:] = [answer.denoised]
                question = sampling.send(answer)
        except StopIteration as stop:
            result: Tensor = stop.value
            return result
        finally:
            sampling.close()

    return replace(sampler, start=start)


def _stay(x: Tensor, problem: Problem) -> Sampling:  # noqa: ARG001 - there is no way to go
    """No step at all."""
    return x
    yield  # a generator all the same
