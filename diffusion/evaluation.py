"""Forward passes: many (x, sigma, prompt) evaluations answered by as few network calls as possible.

Evaluations of one shape share a pass, whichever prompt, side or job they belong to. Prompts of
different lengths are repeated to a common multiple: attention weighs repeated tokens equally, so
the answer is unchanged.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

import torch
from torch import Tensor

from diffusion.attention import AttentionPatch, attention_patched
from diffusion.batches import repeat_to
from diffusion.parameterisation import Parameterisation
from diffusion.thrift import is_thrifty

# Repeating a prompt further than this costs more attention than a second pass would.
_MOST_REPEATS = 4


Network: TypeAlias = Callable[..., Tensor]
"""The network itself: scaled x [B, C, h, w], or with further channels beside them, timestep [B] and
context [B, tokens, width] in by position, raw prediction [B, C, h, w] out. Networks that take more
of a prompt take it as a keyword `vector`, [B, width]."""


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
        vector: What else the prompt says, [1 or B, width], for networks that take it.
        beside: Channels that the network sees beside x, [B, more, h, w], not scaled.
        attention: What is done to the network's attention for these rows.
    """

    x: Tensor
    sigma: float
    context: Tensor
    vector: Tensor | None = None
    beside: Tensor | None = None
    attention: AttentionPatch | None = None

    def row(self, number: int) -> "Evaluation":
        """The question about one latent of the batch alone."""

        def of(value: Tensor) -> Tensor:
            place = number % len(value)
            return value[place : place + 1]

        return replace(
            self,
            x=of(self.x),
            context=of(self.context),
            vector=None if self.vector is None else of(self.vector),
            beside=None if self.beside is None else of(self.beside),
        )


def evaluate(model: SampledModel, evaluations: Sequence[Evaluation]) -> list[Tensor]:
    """The denoised pictures, float32, in the order of the evaluations."""
    if is_thrifty():
        return [_alone(model, evaluation) for evaluation in evaluations]
    answers: dict[int, Tensor] = {}
    for group in _groups(evaluations):
        members = [evaluations[index] for index in group]
        answers.update(zip(group, _one_pass(model, members), strict=True))
    return [answers[index] for index in range(len(evaluations))]


def _alone(model: SampledModel, evaluation: Evaluation) -> Tensor:
    """The answer in passes as small as can be: what changes attention sees a batch as a whole."""
    rows = len(evaluation.x)
    if evaluation.attention or rows == 1:
        return _one_pass(model, [evaluation])[0]
    parts = [evaluation.row(number) for number in range(rows)]
    return torch.cat([_one_pass(model, [part])[0] for part in parts])


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
    if _kind(members[0]) != _kind(other):
        return False
    lengths = [member.context.shape[1] for member in (*members, other)]
    return math.lcm(*lengths) <= _MOST_REPEATS * min(lengths)


def _kind(evaluation: Evaluation) -> tuple[object, ...]:
    """What all evaluations of a pass have in common."""
    vector, beside = evaluation.vector, evaluation.beside
    return (
        evaluation.x.shape[1:],
        evaluation.context.shape[2],
        None if vector is None else vector.shape[1],
        None if beside is None else beside.shape[1],
    )


def _one_pass(model: SampledModel, members: Sequence[Evaluation]) -> list[Tensor]:
    space = model.parameterisation
    scaled = [space.scale_input(member.x, member.sigma) for member in members]
    sizes = [member.x.shape[0] for member in members]
    length = math.lcm(*(member.context.shape[1] for member in members))
    timesteps = [
        torch.full((size,), space.timestep(member.sigma), device=member.x.device)
        for size, member in zip(sizes, members, strict=True)
    ]
    more = _beside_the_prompt(members, model.dtype)
    with attention_patched(model.network, sizes, [member.attention for member in members]):
        raw = model.network(
            torch.cat([_seen(*both) for both in zip(members, scaled, strict=True)]).to(model.dtype),
            torch.cat(timesteps),
            torch.cat([_fitted(member, length) for member in members]).to(model.dtype),
            **more,
        ).float()
    return [
        space.denoised(part, member.x, member.sigma)
        for part, member in zip(torch.split(raw, sizes), members, strict=True)
    ]


def _seen(member: Evaluation, scaled: Tensor) -> Tensor:
    return scaled if member.beside is None else torch.cat((scaled, member.beside), dim=1)


def _beside_the_prompt(members: Sequence[Evaluation], dtype: torch.dtype) -> dict[str, Tensor]:
    vectors = [
        repeat_to(member.vector, len(member.x)) for member in members if member.vector is not None
    ]
    return {"vector": torch.cat(vectors).to(dtype)} if vectors else {}


def _fitted(member: Evaluation, length: int) -> Tensor:
    """The prompt repeated to the pass's length, once for every item of the batch."""
    context, times = member.context, length // member.context.shape[1]
    longer = context if times == 1 else context.repeat(1, times, 1)
    return repeat_to(longer, len(member.x))
