"""Formulas that make one picture of what the network says to several prompts.

All work on denoised pictures, [B, C, h, w].
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from diffusion.moment import Moment

POSITIVE, NEGATIVE, MIDDLE, EMPTY = "positive", "negative", "middle", "empty"


@dataclass(frozen=True)
class ClassifierFree:
    """Away from the negative prompt: Ho and Salimans 2022, arXiv:2207.12598, eq. 6, cfg = w + 1.

    Attributes:
        cfg: 1 follows the positive prompt alone, and asks no other.
    """

    cfg: float
    unconditional: str = NEGATIVE

    def needed(self, *, guided: bool) -> Sequence[str]:
        """The positive prompt, and the negative one where it makes a difference."""
        return (POSITIVE, NEGATIVE) if guided or not _is_one(self.cfg) else (POSITIVE,)

    def combined(self, moment: Moment) -> Tensor:
        """Guide the positive prompt's picture."""
        return moment.drawn(moment.pictures[POSITIVE], moment.pictures.get(NEGATIVE), self.cfg)


@dataclass(frozen=True)
class DualClassifierFree:
    """Two prompts and a negative one (Brooks et al. 2023, arXiv:2211.09800, eq. 3).

    Attributes:
        cfg: How strongly the first prompt, `positive`, is drawn away from the second, `middle`.
        cfg_second: How strongly the second is drawn away from the negative one.
        nested: Draw the first away from the second, and that away from the negative one.
    """

    cfg: float
    cfg_second: float
    nested: bool = False

    @property
    def unconditional(self) -> str:
        """The prompt that the model's own guidance draws away from."""
        return MIDDLE if self.nested else NEGATIVE

    def needed(self, *, guided: bool) -> Sequence[str]:
        """All three, less those that the scales cancel."""
        if self.nested or guided or not _is_one(self.cfg_second):
            return (POSITIVE, MIDDLE, NEGATIVE)
        return (POSITIVE,) if _is_one(self.cfg) else (POSITIVE, MIDDLE)

    def combined(self, moment: Moment) -> Tensor:
        """Add up the two differences, or nest them."""
        pictures = moment.pictures
        first, negative = pictures[POSITIVE], pictures.get(NEGATIVE)
        second = pictures.get(MIDDLE)
        if second is None:
            return first
        if self.nested and negative is not None:
            guided = moment.drawn(first, second, self.cfg)
            return negative + self.cfg_second * (guided - negative)
        return moment.drawn(second, negative, self.cfg_second) + self.cfg * (first - second)


@dataclass(frozen=True)
class PerpendicularNegative:
    """Perp-Neg: `perpendicular` as a guider's own formula, over `positive`, `negative`, `empty`.

    Attributes:
        cfg: Guidance scale.
        neg_scale: Weight of the negative prompt.
    """

    cfg: float
    neg_scale: float = 1.0
    unconditional: str = NEGATIVE

    def needed(self, *, guided: bool) -> Sequence[str]:  # noqa: ARG002 - always all
        """All three prompts."""
        return (POSITIVE, NEGATIVE, EMPTY)

    def combined(self, moment: Moment) -> Tensor:
        """Guide away from the part of the negative prompt that is not the positive one's."""
        pictures = moment.pictures
        return perpendicular(
            pictures[POSITIVE], pictures[NEGATIVE], pictures[EMPTY], self.cfg, self.neg_scale
        )


def perpendicular(
    positive: Tensor, negative: Tensor, empty: Tensor, cfg: float, neg_scale: float
) -> Tensor:
    """Leave out of the negative prompt's direction what it shares with the positive one's.

    Each picture of a batch is projected by itself, so that it does not depend on its neighbours.

    Reference: Armandpour et al. 2023, arXiv:2304.04968, section 4.

    Args:
        positive: Denoised under the prompt, [B, C, h, w].
        negative: Under what to stay away from.
        empty: Under no prompt.
        cfg: Guidance scale.
        neg_scale: Weight of the negative prompt.
    """
    towards, away = positive - empty, negative - empty
    shared = (away * towards).sum(dim=(1, 2, 3), keepdim=True)
    length = towards.square().sum(dim=(1, 2, 3), keepdim=True)
    # Where the prompt says nothing there is no direction to leave out.
    along = torch.where(
        length > 0.0, shared / length.clamp(min=torch.finfo(length.dtype).tiny), 0.0
    )
    return empty + cfg * (towards - neg_scale * (away - along * towards))


def rescaled(
    x: Tensor, sigma: float, positive: Tensor, negative: Tensor, cfg: float, multiplier: float
) -> Tensor:
    """Classifier-free guidance without the over-exposure of high scales.

    The guided velocity, v = (x / (σ² + 1) − picture) · √(σ² + 1) / σ, is brought back towards the
    standard deviation of the positive prompt's.

    Reference: Lin et al. 2023, arXiv:2305.08891, eq. 15 and 16.

    Args:
        x: What the network was shown, [B, C, h, w].
        sigma: Its noise level.
        positive: Denoised under the prompt.
        negative: Denoised under the negative one.
        cfg: Guidance scale.
        multiplier: 0 is plain guidance, 1 the standard deviation of the positive prompt's.
    """
    mean, factor = x / (sigma**2 + 1.0), math.sqrt(sigma**2 + 1.0) / sigma
    towards, away = (mean - positive) * factor, (mean - negative) * factor
    guided = away + cfg * (towards - away)
    wanted, made = (v.std(dim=(1, 2, 3), keepdim=True) for v in (towards, guided))
    ratio = wanted / made.clamp(min=torch.finfo(made.dtype).tiny)
    return mean - torch.lerp(guided, guided * ratio, multiplier) / factor


def _is_one(scale: float) -> bool:
    return math.isclose(scale, 1.0)
