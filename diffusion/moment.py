"""What is known when a question's pictures are in, and what makes one answer of them.

A `Formula` belongs to a guider: it says which prompts must be asked and puts their pictures
together. A `Combination` and `Correction`s belong to a model that was patched: the one takes the
place of plain classifier-free guidance wherever a formula asks for it, the others add to what comes
out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

    from diffusion.attention import AttentionPatch
    from diffusion.conditioning import ConditioningEntry


@dataclass(frozen=True)
class Moment:
    """One question, and what the network said to each prompt.

    Attributes:
        x: What the network was shown, [B, C, h, w], the kept part of the picture mixed in.
        sigma: Its noise level.
        pictures: Denoised, by side (`positive`, `negative`, …); those that were needed.
        attended: [B, 1, h, w] by side: where its picture drew more attention than on average, for
            sides that a correction watches.
        ask: Asks the network once more: a side, what to show it, a patch of its attention.
        combination: Of the model, if any.
    """

    x: Tensor
    sigma: float
    pictures: Mapping[str, Tensor]
    attended: Mapping[str, Tensor]
    ask: Callable[[str, Tensor, AttentionPatch | None], Tensor]
    combination: Combination | None = None

    def drawn(self, towards: Tensor, away_from: Tensor | None, scale: float) -> Tensor:
        """Guide one picture away from another; None stands for guidance that was not needed."""
        if away_from is None:
            return towards
        if self.combination is not None:
            return self.combination(self, towards, away_from, scale)
        return away_from + (towards - away_from) * scale


class Formula(Protocol):
    """How the pictures of several prompts become one."""

    @property
    def unconditional(self) -> str:
        """The side whose picture samplers of the cfg_pp family are told."""
        ...

    def needed(self, *, guided: bool) -> Sequence[str]:
        """The sides to ask.

        Args:
            guided: Whether the unconditional side is wanted even where the scale makes it needless.
        """
        ...

    def combined(self, moment: Moment) -> Tensor:
        """Put their pictures together."""
        ...


class Combination(Protocol):
    """What a patched model does instead of plain classifier-free guidance."""

    @property
    def sides(self) -> Mapping[str, Sequence[ConditioningEntry]]:
        """Further prompts that it wants asked, by the side's name."""
        ...

    def __call__(
        self, moment: Moment, towards: Tensor, away_from: Tensor, scale: float, /
    ) -> Tensor:
        """Guide one denoised picture away from another."""
        ...


class Correction(Protocol):
    """What a patched model adds to the guided picture."""

    @property
    def watched(self) -> str | None:
        """The side whose self-attention it wants to know; the negative side is then asked, too."""
        ...

    def __call__(self, moment: Moment, denoised: Tensor, /) -> Tensor:
        """Correct the picture."""
        ...


@dataclass(frozen=True)
class GuidancePatches:
    """How a patched model guides.

    Attributes:
        combination: Instead of plain classifier-free guidance.
        corrections: What comes after it, in order.
    """

    combination: Combination | None = None
    corrections: tuple[Correction, ...] = ()
