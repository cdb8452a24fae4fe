"""Ways to guide that a model can be patched with: combinations and corrections of `moment.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from diffusion.attention import values_alone
from diffusion.blur import gaussian_blur
from diffusion.conditioning import ConditioningEntry
from diffusion.formulas import EMPTY, NEGATIVE, POSITIVE, perpendicular, rescaled
from diffusion.moment import Moment

_BLUR_RADIUS = 4
# In smaller latents a blur of that radius leaves nothing to tell apart.
_TOO_SMALL = 4


@dataclass(frozen=True)
class RescaledGuidance:
    """Guidance whose result keeps the contrast of the prompt's own picture (`formulas.rescaled`).

    Attributes:
        multiplier: 0 is plain guidance.
    """

    multiplier: float

    @property
    def sides(self) -> Mapping[str, Sequence[ConditioningEntry]]:
        """None."""
        return {}

    def __call__(
        self, moment: Moment, towards: Tensor, away_from: Tensor, scale: float, /
    ) -> Tensor:
        """Guide, and rescale."""
        return rescaled(moment.x, moment.sigma, towards, away_from, scale, self.multiplier)


@dataclass(frozen=True)
class PerpendicularGuidance:
    """Perp-Neg as a model's own way to guide (`formulas.perpendicular`).

    Attributes:
        empty: CONDITIONING of no prompt.
        neg_scale: Weight of the negative prompt.
    """

    empty: Sequence[ConditioningEntry]
    neg_scale: float

    @property
    def sides(self) -> Mapping[str, Sequence[ConditioningEntry]]:
        """The empty prompt."""
        return {EMPTY: self.empty}

    def __call__(
        self, moment: Moment, towards: Tensor, away_from: Tensor, scale: float, /
    ) -> Tensor:
        """Guide away from the part of the negative prompt that is not the positive one's."""
        empty = moment.pictures[EMPTY]
        return perpendicular(towards, away_from, empty, scale, self.neg_scale)


@dataclass(frozen=True)
class SelfAttentionGuidance:
    """Away from a picture that is blurred where the model looks.

    The picture without prompt is blurred where the middle block's self-attention receives more than
    on average; noise is added again, and the network denoises that.

    Reference: Hong et al. 2022, arXiv:2210.00939, algorithm 1.

    Attributes:
        scale: How strongly.
        blur_sigma: Standard deviation of the blur in latent cells; 0 blurs nothing.
    """

    scale: float
    blur_sigma: float

    @property
    def watched(self) -> str:
        """The picture without prompt."""
        return NEGATIVE

    def __call__(self, moment: Moment, denoised: Tensor, /) -> Tensor:
        """Correct the picture."""
        side = NEGATIVE if NEGATIVE in moment.pictures else POSITIVE
        plain = moment.pictures[side]
        if min(denoised.shape[-2:]) <= _TOO_SMALL or not self.scale:
            return denoised
        degraded = torch.lerp(plain, self._blurred(plain), moment.attended[side])
        again = moment.ask(side, degraded + moment.x - plain, None)
        return denoised + self.scale * (degraded - again)

    def _blurred(self, picture: Tensor) -> Tensor:
        if not self.blur_sigma:
            return picture
        channels_last = picture.movedim(1, -1)
        return gaussian_blur(channels_last, _BLUR_RADIUS, self.blur_sigma / _BLUR_RADIUS).movedim(
            -1, 1
        )


@dataclass(frozen=True)
class PerturbedAttentionGuidance:
    """Away from a picture made without structure.

    For that picture each place of the middle block attends to itself alone.

    Reference: Ahn et al. 2024, arXiv:2403.17377, section 4.

    Attributes:
        scale: How strongly.
    """

    scale: float

    @property
    def watched(self) -> None:
        """Nothing."""
        return

    def __call__(self, moment: Moment, denoised: Tensor, /) -> Tensor:
        """Correct the picture."""
        if not self.scale:
            return denoised
        perturbed = moment.ask(POSITIVE, moment.x, values_alone)
        return denoised + self.scale * (moment.pictures[POSITIVE] - perturbed)
