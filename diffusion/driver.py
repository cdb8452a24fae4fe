"""Drives samplers: asks a model their questions, and owns progress, cancelling and resuming.

`SamplingRun` is the state machine (no model, no I/O): it holds the open question and takes its
answer, so that a scheduler may answer the questions of several runs in one forward pass. `drive` is
the loop for one run. Sampling is deterministic between answers; feeding logged answers back
therefore brings a run to exactly the state it had, bit for bit.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.samplers.question import Answer, Question, Sampling


@dataclass(frozen=True, slots=True)
class Step:
    """Where a run is, told after the model's first answer of each step.

    Attributes:
        step: Number of this step, from 1 to total.
        total: Number of steps.
        sigma: Noise level of the question.
        denoised: The model's guess of the finished picture, in model units, [B, C, h, w].
    """

    step: int
    total: int
    sigma: float
    denoised: Tensor


OnStep = Callable[[Step], None]
AnswerQuestion = Callable[[Question], Answer]


class SamplingRun:
    """One sampler under way.

    Attributes:
        question: What it waits for an answer to; None once it is done.
        result: The final latent; None until it is done.
    """

    def __init__(self, sampling: Sampling) -> None:
        self._sampling = sampling
        self.question: Question | None = None
        self.result: Tensor | None = None
        self._advance(None)

    def answer(self, answer: Answer) -> None:
        """Answer the open question; the next one takes its place, or the result."""
        if self.question is None:
            raise DiffusionError("This sampling run is done: there is no question to answer.")
        self._advance(answer)

    def close(self) -> None:
        """Abandon the run and free what it holds."""
        self._sampling.close()
        self.question = None

    def _advance(self, answer: Answer | None) -> None:
        try:
            # The first send starts the generator, and Python wants None there.
            self.question = self._sampling.send(answer)  # type: ignore[arg-type]
        except StopIteration as stop:
            self.question, self.result = None, stop.value


def drive(
    sampling: Sampling,
    answer_question: AnswerQuestion,
    *,
    total: int,
    on_step: OnStep | None = None,
    log: Callable[[Answer], None] | None = None,
    replay: Iterable[Answer] = (),
) -> Tensor:
    """Run a sampler to its end.

    Args:
        sampling: The sampler's generator.
        answer_question: The model with its guidance.
        total: Number of steps, for reports.
        on_step: Told of each step; whatever it raises ends the run.
        log: Given every new answer, to be kept for a later replay.
        replay: Answers logged by an earlier run of the same problem; the model is not asked again
            for them, nor are they reported or logged.

    Returns:
        The final latent in model units.

    Raises:
        DiffusionError: The model answered something that is not a number.
    """
    run = SamplingRun(sampling)
    try:
        for answer in replay:
            run.answer(answer)
        while run.question is not None:
            question = run.question
            answer = answer_question(question)
            _require_finite(answer.denoised, question, total)
            if log is not None:
                log(answer)
            if on_step is not None and not question.inner:
                number = min(question.step + 1, total)
                on_step(Step(number, total, question.sigma, answer.denoised))
            run.answer(answer)
    finally:
        run.close()
    if run.result is None:
        raise DiffusionError("The sampler ended without a result.")
    return run.result


def _require_finite(denoised: Tensor, question: Question, total: int) -> None:
    if not bool(torch.isfinite(denoised).all()):
        raise DiffusionError(
            f"The model answered NaN or infinity at step {question.step + 1} of {total}, at noise "
            f"level {question.sigma:.4g}: use higher precision, a lower cfg or a sound checkpoint."
        )
