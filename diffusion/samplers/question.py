"""What a sampler asks and what it is sent.

A sampler is a generator: it yields a Question about a noisy latent and is sent an Answer. It never
calls a model, reports progress or checks for cancellation: whoever drives it does (`driver.py`), so
that every sampler can be watched, closed, replayed from a log of answers and merged with others
into one forward pass.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Question:
    """What is the picture behind this noisy latent?

    Attributes:
        x: The noisy latent in model units, float32 [B, C, h, w].
        sigma: Its noise level.
        step: Index of the step that asks, 0-based.
        inner: A later question within the same step; progress is not reported for it.
        unconditional: The answer must hold the unconditional picture too.
    """

    x: Tensor
    sigma: float
    step: int
    inner: bool = False
    unconditional: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The model's guess.

    Attributes:
        denoised: The guided picture in model units, float32, shaped as the question's x.
        unconditional: The picture without the prompt, where the question asked for it.
    """

    denoised: Tensor
    unconditional: Tensor | None = None


Sampling: TypeAlias = Generator[Question, Answer, Tensor]
