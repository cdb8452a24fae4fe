"""Classifier-free guidance: the answer is drawn away from the negative prompt.

Reference: Ho and Salimans 2022, arXiv:2207.12598, eq. 6, with cfg = w + 1.
A guider says which evaluations it needs for a question and makes the answer of their results; so
the evaluations of several jobs can be put together (`answer_together`) before the network is called
once.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from diffusion.conditioning import Condition
from diffusion.evaluation import Evaluation, SampledModel, evaluate
from diffusion.masks import Inpainting
from diffusion.samplers.question import Answer, Question


@dataclass(frozen=True)
class Guider:
    """A prompt, what to stay away from, and how strongly.

    Attributes:
        positive: What the picture should show; several conditions are averaged by strength.
        negative: What it should not.
        cfg: 1 follows the positive prompt alone.
        inpainting: The part of the picture that is kept, if any.
    """

    positive: tuple[Condition, ...]
    negative: tuple[Condition, ...]
    cfg: float
    inpainting: Inpainting | None = None

    def evaluations(self, question: Question) -> list[Evaluation]:
        """What the network must be asked: the positive side's conditions, then the negative's."""
        x = question.x
        if self.inpainting is not None:
            x = self.inpainting.question(x, question.sigma)
        return [
            Evaluation(x, question.sigma, condition.context)
            for side in self._sides(question)
            for condition in side
        ]

    def answer(self, question: Question, pictures: Sequence[Tensor]) -> Answer:
        """Combine the network's pictures, in the order of `evaluations`."""
        means: list[Tensor] = []
        start = 0
        for side in self._sides(question):
            end = start + len(side)
            means.append(_mean(question.x, side, pictures[start:end]))
            start = end
        positive = means[0]
        negative = means[1] if len(means) > 1 else None
        denoised = positive if negative is None else negative + (positive - negative) * self.cfg
        if self.inpainting is not None:
            denoised = self.inpainting.answer(denoised)
        return Answer(denoised, negative if question.unconditional else None)

    def _sides(self, question: Question) -> list[list[Condition]]:
        sides = [self.positive]
        if question.unconditional or not math.isclose(self.cfg, 1.0):
            sides.append(self.negative)
        return [
            [condition for condition in side if condition.holds_at(question.sigma)]
            for side in sides
        ]


def _mean(x: Tensor, side: Sequence[Condition], pictures: Sequence[Tensor]) -> Tensor:
    """The side's picture: the mean by strength; zero where no condition holds."""
    if len(side) == 1:
        return pictures[0]
    total = sum(condition.strength for condition in side)
    if total == 0.0:
        return torch.zeros_like(x)
    weighted = torch.zeros_like(x)
    for condition, picture in zip(side, pictures, strict=True):
        weighted = weighted + picture * (condition.strength / total)
    return weighted


def answer_together(model: SampledModel, asked: Sequence[tuple[Guider, Question]]) -> list[Answer]:
    """Answer the questions of several runs of one model, in one pass where shapes allow."""
    needed = [guider.evaluations(question) for guider, question in asked]
    pictures = evaluate(model, [evaluation for some in needed for evaluation in some])
    answers: list[Answer] = []
    start = 0
    for (guider, question), some in zip(asked, needed, strict=True):
        end = start + len(some)
        answers.append(guider.answer(question, pictures[start:end]))
        start = end
    return answers
