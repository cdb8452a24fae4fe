"""One side of a question: its prompts that count now, and the one picture that they make together.

Where several count, the picture is the mean of theirs, each weighed by its region; where none does,
it is zero. Prompts marked as default count where the others leave something of the weight one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from diffusion.attention import AttentionPatch, AttentionWatch
from diffusion.evaluation import Evaluation
from diffusion.placing import Placed

# Added to the weights, so that where they are zero a zero divided by them is zero.
_NOTHING = 1e-37


@dataclass(frozen=True)
class Side:
    """What a side asks at one question.

    Attributes:
        placed: The prompts that count.
        weights: Of each, [1 or B, 1, height, width] of its area, or a number for all of it.
        x: What the network is shown, [B, C, h, w].
        sigma: Its noise level.
    """

    placed: tuple[Placed, ...]
    weights: tuple[Tensor | float, ...]
    x: Tensor
    sigma: float

    def evaluations(self, patches: Sequence[AttentionPatch | None]) -> list[Evaluation]:
        """What to ask the network, prompt by prompt, each with a patch of its attention or None."""
        return [
            placed.evaluation(self.x, self.sigma, patch)
            for placed, patch in zip(self.placed, patches, strict=True)
        ]

    def mean(self, pictures: Sequence[Tensor]) -> Tensor:
        """Put pictures of the areas together, [B, channels, height, width] each."""
        if len(pictures) == 1 and _everywhere(self.placed[0], self.weights[0]):
            return pictures[0]
        batch, _, height, width = self.x.shape
        channels = pictures[0].shape[1] if pictures else self.x.shape[1]
        total = self.x.new_zeros(batch, channels, height, width)
        counted = self.x.new_full((batch, 1, height, width), _NOTHING)
        for placed, weight, picture in zip(self.placed, self.weights, pictures, strict=True):
            _within(placed, total).add_(picture * weight)
            _within(placed, counted).add_(weight)
        return total / counted

    def attended(self, watches: Sequence[AttentionWatch]) -> Tensor:
        """Put together where the prompts' pictures drew attention, [B, 1, h, w] in 0..1."""
        sizes = [_within(placed, self.x).shape[-2:] for placed in self.placed]
        return self.mean(
            [watch.attended(*size) for watch, size in zip(watches, sizes, strict=True)]
        )


def ask_side(placed: Sequence[Placed], x: Tensor, sigma: float) -> Side:
    """Choose the prompts that count at a noise level, and weigh them."""
    holding = [one for one in placed if one.region.holds_at(sigma)]
    counting = [
        (one, one.region.weight)
        for one in holding
        if not one.region.default and _counts(one.region.weight)
    ]
    defaults = [one for one in holding if one.region.default]
    if defaults:
        left = _left_over(counting, x)
        if bool(left.any()):
            counting += [(one, _within(one, left)) for one in defaults]
    return Side(tuple(one for one, _ in counting), tuple(w for _, w in counting), x, sigma)


def _left_over(counting: Sequence[tuple[Placed, Tensor | float]], x: Tensor) -> Tensor:
    """What the weights leave of one, at least zero, [B, 1, h, w]."""
    left = torch.ones_like(x[:, :1])
    for placed, weight in counting:
        _within(placed, left).sub_(weight)
    return left.clamp(min=0.0)


def _within(placed: Placed, x: Tensor) -> Tensor:
    area = placed.region.area
    return x if area is None else area.crop(x)


def _counts(weight: Tensor | float) -> bool:
    return isinstance(weight, Tensor) or weight != 0.0


def _everywhere(placed: Placed, weight: Tensor | float) -> bool:
    return placed.region.area is None and not isinstance(weight, Tensor)
