"""Guidance: what the network must be asked for a question, and the answer made of its pictures.

A `Guider` is a wish: prompts by side, and the formula that puts their pictures together. Placed on
the latent of a run it can be asked questions; the evaluations of several jobs are put together
(`answer_together`) before the network is called once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diffusion.attention import AttentionWatch
from diffusion.conditioning import Condition, read_conditioning
from diffusion.evaluation import evaluate
from diffusion.formulas import NEGATIVE, POSITIVE, ClassifierFree
from diffusion.moment import Formula, Moment
from diffusion.placing import Placed, place
from diffusion.samplers.question import Answer, Question
from diffusion.sides import Side, ask_side

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from diffusion.attention import AttentionPatch
    from diffusion.evaluation import Evaluation
    from diffusion.masks import Inpainting
    from diffusion.model import DiffusionModel


@dataclass(frozen=True)
class Guider:
    """Prompts, and how their pictures become one.

    Attributes:
        sides: Conditions by the names that the formula uses: `positive`, `negative`, …; a side that
            is missing is not asked.
        formula: One of `formulas.py`.
    """

    sides: Mapping[str, Sequence[Condition]]
    formula: Formula

    def placed(
        self, model: DiffusionModel, original: Tensor, inpainting: Inpainting | None = None
    ) -> PlacedGuider:
        """Get ready for a run.

        Args:
            model: The model that will answer.
            original: The latent that the run starts from, in model units, [B, C, h, w].
            inpainting: The part of the picture that is kept, if any.

        Raises:
            DiffusionError: A prompt cannot be used with this latent or model.
        """
        sides = dict(self.sides)
        combination = model.guidance.combination
        for name, entries in combination.sides.items() if combination else ():
            read = read_conditioning(entries, model.parameterisation, model.device)
            sides.setdefault(name, read)
        mask = inpainting.mask if inpainting else None
        return PlacedGuider(model, place(sides, model, original, mask), self.formula, inpainting)


def classifier_free(
    positive: Sequence[Condition], negative: Sequence[Condition], cfg: float
) -> Guider:
    """Guide away from a negative prompt."""
    return Guider({POSITIVE: positive, NEGATIVE: negative}, ClassifierFree(cfg))


@dataclass(frozen=True)
class PlacedGuider:
    """A guider at work on one latent.

    Attributes:
        model: Whose patches of guidance apply.
        sides: Placed prompts by side.
        formula: How their pictures become one.
        inpainting: The part of the picture that is kept, if any.
    """

    model: DiffusionModel
    sides: Mapping[str, Sequence[Placed]]
    formula: Formula
    inpainting: Inpainting | None = None

    def ask(self, question: Question) -> Asked:
        """What the network must be asked for a question."""
        x = question.x
        if self.inpainting is not None:
            x = self.inpainting.question(x, question.sigma)
        patches = self.model.guidance
        watched = {
            correction.watched if correction.watched in self.sides else POSITIVE
            for correction in patches.corrections
            if correction.watched
        }
        further = patches.combination.sides if patches.combination else ()
        guided = question.unconditional or bool(watched) or bool(further)
        wanted = self.formula.needed(guided=guided)
        names = [name for name in self.sides if name in wanted or name in further]
        sides = {name: ask_side(self.sides[name], x, question.sigma) for name in names}
        watches = {
            name: [AttentionWatch() for _ in sides[name].placed]
            for name in names
            if name in watched
        }
        return Asked(self, question, sides, watches)


@dataclass(frozen=True)
class Asked:
    """A question under way.

    Attributes:
        guider: Who was asked.
        question: What the sampler wants to know.
        sides: What each side asks.
        watches: The records of attention that corrections want, by side.
    """

    guider: PlacedGuider
    question: Question
    sides: Mapping[str, Side]
    watches: Mapping[str, Sequence[AttentionWatch]]

    def evaluations(self) -> list[Evaluation]:
        """What the network must be asked, side by side."""
        return [
            evaluation
            for name, side in self.sides.items()
            for evaluation in side.evaluations(self.watches.get(name, [None] * len(side.placed)))
        ]

    def answer(self, pictures: Sequence[Tensor]) -> Answer:
        """Combine the network's pictures, in the order of `evaluations`."""
        means: dict[str, Tensor] = {}
        start = 0
        for name, side in self.sides.items():
            end = start + len(side.placed)
            means[name] = side.mean(pictures[start:end])
            start = end
        patches = self.guider.model.guidance
        moment = Moment(
            x=next(iter(self.sides.values())).x,
            sigma=self.question.sigma,
            pictures=means,
            attended={name: self.sides[name].attended(w) for name, w in self.watches.items()},
            ask=self._ask_again,
            combination=patches.combination,
        )
        denoised = self.guider.formula.combined(moment)
        for correction in patches.corrections:
            denoised = correction(moment, denoised)
        if self.guider.inpainting is not None:
            denoised = self.guider.inpainting.answer(denoised, self.question.sigma)
        return Answer(denoised, self._unconditional(means))

    def _unconditional(self, means: Mapping[str, Tensor]) -> Tensor | None:
        """The unguided picture where a sampler wants it; a lone prompt is its own."""
        if not self.question.unconditional:
            return None
        name = self.guider.formula.unconditional
        return means[name] if name in means else means[POSITIVE]

    def _ask_again(self, name: str, x: Tensor, patch: AttentionPatch | None) -> Tensor:
        side = ask_side(self.guider.sides[name], x, self.question.sigma)
        patches = [patch] * len(side.placed)
        return side.mean(evaluate(self.guider.model, side.evaluations(patches)))


def answer_together(
    model: DiffusionModel, asked: Sequence[tuple[PlacedGuider, Question]]
) -> list[Answer]:
    """Answer the questions of several runs of one model, in one pass where shapes allow."""
    questions = [guider.ask(question) for guider, question in asked]
    needed = [question.evaluations() for question in questions]
    pictures = evaluate(model, [evaluation for some in needed for evaluation in some])
    answers: list[Answer] = []
    start = 0
    for question, some in zip(questions, needed, strict=True):
        end = start + len(some)
        answers.append(question.answer(pictures[start:end]))
        start = end
    return answers
