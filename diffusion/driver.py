"""Drives samplers: asks a model their questions, and owns progress, cancelling and resuming.

`SamplingRun` is the state machine (no model, no I/O): it holds the open question and takes its
answer, so that a scheduler may answer the questions of several runs in one forward pass. `drive` is
the loop for one run. Sampling is deterministic between answers; feeding logged answers back
therefore brings a run to exactly the state it had, bit for bit.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.interruption import check_interrupted
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
            for them, nor are they logged; of their steps only the last is reported.

    Returns:
        The final latent in model units.

    Raises:
        DiffusionError: The model answered something that is not a number.
        Exception: Whatever says that the run is not to go on (`interruption.py`).
    """
    run = SamplingRun(sampling)
    try:
        reached = _catch_up(run, replay, total)
        if on_step is not None and reached is not None:
            on_step(reached)
        while run.question is not None:
            check_interrupted()
            question = run.question
            answer = _laid_out(answer_question(question))
            _require_finite(answer.denoised, question, total)
            if log is not None:
                log(answer)
            if on_step is not None and not question.inner:
                on_step(_step(question, answer, total))
            run.answer(answer)
    finally:
        run.close()
    if run.result is None:
        raise DiffusionError("The sampler ended without a result.")
    return run.result


def _catch_up(run: SamplingRun, replay: Iterable[Answer], total: int) -> Step | None:
    """Give logged answers; return the last step that they belong to."""
    reached = None
    for answer in replay:
        question = run.question
        if question is None:
            break
        if not question.inner:
            reached = _step(question, answer, total)
        run.answer(answer)
    return reached


def _step(question: Question, answer: Answer, total: int) -> Step:
    return Step(min(question.step + 1, total), total, question.sigma, answer.denoised)


def _laid_out(answer: Answer) -> Answer:
    """Lay tensors out as they come out of a log: sums depend on the order in their last bit."""
    unconditional = answer.unconditional
    return Answer(
        answer.denoised.contiguous(),
        None if unconditional is None else unconditional.contiguous(),
    )


def _require_finite(denoised: Tensor, question: Question, total: int) -> None:
    # The sum is not finite either, and quicker to have; it may overflow where all else is well.
    if not math.isfinite(denoised.sum()) and not bool(torch.isfinite(denoised).all()):
        raise DiffusionError(
            f"The model answered NaN or infinity at step {question.step + 1} of {total}, at noise "
            f"level {question.sigma:.4g}: use higher precision, a lower cfg or a sound checkpoint."
        )
