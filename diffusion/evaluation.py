"""Forward passes: many (x, sigma, prompt) evaluations answered by as few network calls as possible.

Evaluations of one shape share a pass, whichever prompt, side or job they belong to. Prompts of
different lengths are repeated to a common multiple: attention weighs repeated tokens equally, so
the answer is unchanged.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from diffusion.parameterisation import Parameterisation

# Repeating a prompt further than this costs more attention than a second pass would.
_MOST_REPEATS = 4


class Network(Protocol):
    """The network itself: scaled x, timestep and context in, raw prediction out."""

    def __call__(self, x: Tensor, timestep: Tensor, context: Tensor, /) -> Tensor:
        """Answer [B, C, h, w] for x of that shape, timestep [B] and context [B, tokens, width]."""
        ...


class SampledModel(Protocol):
    """What sampling needs of a model."""

    @property
    def network(self) -> Network:
        """The network."""
        ...

    @property
    def parameterisation(self) -> Parameterisation:
        """The meaning of its output."""
        ...

    @property
    def dtype(self) -> torch.dtype:
        """What it computes in."""
        ...


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One question to the network under one prompt.

    Attributes:
        x: Noisy latent, not scaled, float32 [B, C, h, w].
        sigma: Its noise level.
        context: The prompt, [1 or B, tokens, width].
    """

    x: Tensor
    sigma: float
    context: Tensor


def evaluate(model: SampledModel, evaluations: Sequence[Evaluation]) -> list[Tensor]:
    """The denoised pictures, float32, in the order of the evaluations."""
    answers: dict[int, Tensor] = {}
    for group in _groups(evaluations):
        members = [evaluations[index] for index in group]
        answers.update(zip(group, _one_pass(model, members), strict=True))
    return [answers[index] for index in range(len(evaluations))]


def _groups(evaluations: Sequence[Evaluation]) -> list[list[int]]:
    """Indices of evaluations that can share a pass."""
    groups: list[list[int]] = []
    for index, evaluation in enumerate(evaluations):
        for group in groups:
            if _shareable([evaluations[member] for member in group], evaluation):
                group.append(index)
                break
        else:
            groups.append([index])
    return groups


def _shareable(members: Sequence[Evaluation], other: Evaluation) -> bool:
    first = members[0]
    if first.x.shape[1:] != other.x.shape[1:] or first.context.shape[2] != other.context.shape[2]:
        return False
    lengths = [member.context.shape[1] for member in (*members, other)]
    return math.lcm(*lengths) <= _MOST_REPEATS * min(lengths)


def _one_pass(model: SampledModel, members: Sequence[Evaluation]) -> list[Tensor]:
    space = model.parameterisation
    scaled = [space.scale_input(member.x, member.sigma) for member in members]
    sizes = [member.x.shape[0] for member in members]
    length = math.lcm(*(member.context.shape[1] for member in members))
    timesteps = [
        torch.full((size,), space.timestep(member.sigma), device=member.x.device)
        for size, member in zip(sizes, members, strict=True)
    ]
    raw = model.network(
        torch.cat(scaled).to(model.dtype),
        torch.cat(timesteps),
        torch.cat([_fitted(member, length) for member in members]).to(model.dtype),
    ).float()
    return [
        space.denoised(part, member.x, member.sigma)
        for part, member in zip(torch.split(raw, sizes), members, strict=True)
    ]


def _fitted(member: Evaluation, length: int) -> Tensor:
    """The prompt repeated to the pass's length, once for every item of the batch."""
    context, batch = member.context, member.x.shape[0]
    context = context.repeat(1, length // context.shape[1], 1)
    if context.shape[0] == batch:
        return context
    return context.repeat(-(-batch // context.shape[0]), 1, 1)[:batch]
