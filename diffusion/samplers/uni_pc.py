"""UniPC: a predictor and a corrector of one family, on the denoised pictures.

Reference: Zhao, Bai, Rao, Zhou and Lu 2023, arXiv:2302.04867, algorithms 5 to 8 (data prediction),
with B(h) = h (bh1) or e^h − 1 (bh2). The corrector reuses the next step's question, so there is one
question a step.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from torch import Tensor

from diffusion.samplers.euler import euler_step
from diffusion.samplers.exponential import phi
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Question, Sampling

Variant = Literal["bh1", "bh2"]

_ORDER = 3
# The last level instead of zero, where lambda would be infinite.
_LEAST = 0.001


@dataclass(frozen=True)
class _Step:
    """One step from the newest picture's level.

    Attributes:
        base: The first order step.
        differences: Older pictures' divided differences to the newest, newest first.
        ratios: Where they lie, in widths of this step.
        factor: B(−h).
        moments: Right side of the order conditions (eq. 9), one more than there are differences.
        newest: The newest picture.
    """

    base: Tensor
    differences: tuple[Tensor, ...]
    ratios: tuple[float, ...]
    factor: float
    moments: tuple[float, ...]
    newest: Tensor

    def predicted(self) -> Tensor:
        """Without the picture at the end (UniP)."""
        count = len(self.differences)
        # With one difference a half keeps the order, whatever B is.
        weights = [0.5] if count == 1 else _solve(self.ratios, self.moments[:count])
        return self._towards(self.differences, weights)

    def corrected(self, picture: Tensor) -> Tensor:
        """With the picture at the end (UniC)."""
        terms = (*self.differences, picture - self.newest)
        weights = [0.5] if len(terms) == 1 else _solve((*self.ratios, 1.0), self.moments)
        return self._towards(terms, weights)

    def _towards(self, terms: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
        x = self.base
        for term, weight in zip(terms, weights, strict=True):
            x = x - term * (weight * self.factor)
        return x


def _solve(ratios: Sequence[float], moments: Sequence[float]) -> list[float]:
    """Weights that integrate polynomials exactly: a Vandermonde system."""
    if not ratios:
        return []
    powers = np.vander(np.asarray(ratios), increasing=True).T
    return [float(weight) for weight in np.linalg.solve(powers, np.asarray(moments))]


def _prepared(
    x: Tensor,
    pictures: Sequence[Tensor],
    levels: Sequence[float],
    sigma_next: float,
    variant: Variant,
) -> _Step:
    """A step from x at the newest level, given the pictures at these levels, newest first."""
    width = math.log(levels[0] / sigma_next)
    ratios = tuple(math.log(levels[0] / level) / width for level in levels[1:])
    factor = -width if variant == "bh1" else math.expm1(-width)
    newest = pictures[0]
    return _Step(
        base=euler_step(x, newest, levels[0], sigma_next),
        differences=tuple(
            (picture - newest) / ratio for picture, ratio in zip(pictures[1:], ratios, strict=True)
        ),
        ratios=ratios,
        factor=factor,
        moments=tuple(
            math.factorial(order) * -width * phi(order + 1, -width) / factor
            for order in range(1, len(levels) + 1)
        ),
        newest=newest,
    )


def uni_pc(x: Tensor, problem: Problem, *, variant: Variant = "bh1") -> Sampling:
    """Up to third order, one question a step; the last step is first order and not corrected."""
    sigmas = (*problem.sigmas[:-1], problem.sigmas[-1] or _LEAST)
    most = max(1, min(_ORDER, problem.steps - 1))
    pictures: deque[Tensor] = deque(maxlen=most)
    levels: deque[float] = deque(maxlen=most)
    step: _Step | None = None
    for index, sigma in enumerate(sigmas[:-1]):
        picture = (yield Question(x, sigma, index)).denoised
        if step is not None:
            x = step.corrected(picture)
        pictures.appendleft(picture)
        levels.appendleft(sigma)
        order = min(len(pictures), problem.steps - index)
        step = _prepared(
            x, list(pictures)[:order], list(levels)[:order], sigmas[index + 1], variant
        )
        x = step.predicted()
    # Short of zero, a flow model's picture does not have its whole weight yet.
    return x if problem.sigmas[-1] else x / problem.alpha(_LEAST)


def uni_pc_bh2(x: Tensor, problem: Problem) -> Sampling:
    """With B(h) = e^h − 1."""
    return uni_pc(x, problem, variant="bh2")
