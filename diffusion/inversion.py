"""DDIM inversion: the noise that a given picture would be made from.

References: Song, Meng and Ermon 2020, arXiv:2010.02502, section 4.3 and appendix F (DDIM as an ODE,
run backwards); Mokady et al. 2022, arXiv:2211.09794, section 3.2 (on guided models, as the start of
an edit). Going up a step needs the noise in a latent that is not known yet: that at the step's end.
It is found by fixed-point iteration (Pan et al. 2023, arXiv:2309.04907, section 3.1; Garibi et al.
2024, arXiv:2403.14602), so that sampling the steps down with Euler's method gives the picture back.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from diffusion.answer_log import Journal
from diffusion.conditioning import ConditioningEntry
from diffusion.custom_sampling import guided
from diffusion.driver import OnStep
from diffusion.errors import DiffusionError
from diffusion.formulas import ClassifierFree
from diffusion.latent_batch import LatentBatch, read_latent
from diffusion.model import DiffusionModel
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling
from diffusion.samplers.registry import Sampler, find_sampler
from diffusion.sampling import sample_guided
from diffusion.span import Span


def ddim_inversion(x: Tensor, problem: Problem, *, refinements: int = 0) -> Sampling:
    """Euler's steps backwards: x at the end of a step is such that the step down leads to x here.

    Args:
        x: The picture in model units.
        problem: Its levels rise, from 0.
        refinements: How often the noise at a step's end is looked up again; each takes one more
            question and leaves a smaller error, as long as steps are not very wide.
    """
    noise = torch.zeros_like(x)
    for step, sigma, sigma_next in problem:
        # The noise changes little from step to step, so the last one tells where this one leads.
        end = x + noise * (sigma_next - sigma)
        for attempt in range(refinements + 1):
            answer = yield Question(end, sigma_next, step, inner=attempt > 0)
            noise = (end - answer.denoised) / sigma_next
            end = x + noise * (sigma_next - sigma)
        x = end
    return x


def invert(
    model: DiffusionModel,
    positive: Sequence[ConditioningEntry],
    negative: Sequence[ConditioningEntry] | None,
    latent: Mapping[str, Any],
    *,
    steps: int,
    schedule: str,
    cfg: float = 1.0,
    denoise: float = 1.0,
    refinements: int = 0,
    on_step: OnStep | None = None,
    journal: Journal | None = None,
) -> Tensor:
    """Find the noise of a picture.

    Args:
        model: The model, loaded.
        positive: CONDITIONING that says what the picture shows.
        negative: CONDITIONING of what it does not; may be missing at cfg 1.
        latent: The picture, `{"samples": [B, C, h, w], …}` in LATENT units. A mask is not heeded.
        steps: At least 1; use as many to sample from what comes out.
        schedule: One of `names.SCHEDULER_NAMES`; likewise.
        cfg: Guidance scale; above 1 the picture does not come back exactly.
        denoise: How far up to go, 0..1; likewise.
        refinements: See `ddim_inversion`.
        on_step: Told of every step; may raise to cancel.
        journal: See `sampling.sample`.

    Returns:
        [B, C, h, w] float32 on the CPU, in LATENT units, its noise at the schedule's first level.

    Raises:
        DiffusionError: Something about the call is wrong; one sentence says what.
    """
    space = model.parameterisation
    falling = Span(steps, denoise).sigmas(schedule, space.levels, find_sampler("euler"))
    batch = read_latent(latent, model.latent_format, model.family)
    if not falling:
        return batch.samples
    if space.is_flow and falling[0] >= 1.0:
        raise DiffusionError(
            f"The noise of {model.family} has no trace of the picture at its highest level, so "
            "that LATENT units cannot hold it: use a denoise below 1."
        )
    sides = {"positive": positive, "negative": _negative(positive, negative, cfg)}
    return sample_guided(
        model,
        guided(model, ClassifierFree(cfg), **sides).guider,
        Sampler(partial(ddim_inversion, refinements=refinements)),
        tuple(reversed(falling)),
        LatentBatch(batch.samples, index=batch.index),
        torch.zeros_like(batch.samples),
        seed=0,
        on_step=on_step,
        journal=journal,
    )


def _negative(
    positive: Sequence[ConditioningEntry],
    negative: Sequence[ConditioningEntry] | None,
    cfg: float,
) -> Sequence[ConditioningEntry]:
    if negative is not None:
        return negative
    if cfg != 1.0:
        raise DiffusionError(f"Guidance of scale {cfg:g} needs a negative prompt: connect one.")
    return positive
