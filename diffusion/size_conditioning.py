"""What SDXL is told besides the words of a prompt: its pooled embedding, and sizes.

Training pictures had all sizes and were cropped, so the network is told the size of the original,
where the crop began and the size aimed at, each number as 256 waves (Podell et al. 2023,
arXiv:2307.01952, sections 2.2 and 2.3; the waves: Ho et al. 2020, arXiv:2006.11239). The refiner
is told an aesthetic score in place of the size aimed at. All of it is one vector.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import torch

from diffusion.errors import DiffusionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

WAVES = 256
"""Numbers that stand for one number."""

_LONGEST = 10_000.0
_GOOD, _BAD = 6.0, 2.5
"""Aesthetic scores of what a picture should be, and of what it should not, unless told."""


class Told(Enum):
    """Which numbers a network is told, in order."""

    SIZES = ("height", "width", "crop_h", "crop_w", "target_height", "target_width")
    AESTHETICS = ("height", "width", "crop_h", "crop_w", "aesthetic_score")


@dataclass(frozen=True)
class SizeConditioning:
    """Makes the vector of a prompt.

    Attributes:
        told: Which numbers are in it.
        width: Of the vector: the pooled embedding's, and 256 for each number.
    """

    told: Told
    width: int

    @property
    def pooled_width(self) -> int:
        """Of the pooled embedding."""
        return self.width - WAVES * len(self.told.value)

    def vector(
        self, options: Mapping[str, Any], *, width: int, height: int, negative: bool = False
    ) -> Tensor:
        """Make the vector of one CONDITIONING entry.

        Args:
            options: The entry's: `pooled_output` [1 or B, width], and perhaps `width`, `height`,
                `crop_w`, `crop_h`, `target_width`, `target_height`, `aesthetic_score`.
            width: Of the picture in pixels, where the options name no other.
            height: Likewise.
            negative: Whether the entry says what the picture should not be.

        Returns:
            [1 or B, self.width], float32 on the CPU.

        Raises:
            DiffusionError: The pooled embedding has another width.
        """
        pooled = self._pooled(options.get("pooled_output"))
        numbers = self._numbers(options, width=width, height=height, negative=negative)
        return torch.cat([pooled, waves(numbers).flatten().expand(len(pooled), -1)], dim=1)

    def _pooled(self, pooled: Tensor | None) -> Tensor:
        if pooled is None:
            return torch.zeros(1, self.pooled_width)
        if pooled.shape[-1] != self.pooled_width:
            raise DiffusionError(
                f"the prompt's pooled embedding is {pooled.shape[-1]} wide, but this model is told "
                f"one {self.pooled_width} wide: use the text encoder that belongs to the model"
            )
        return pooled.detach().to("cpu", torch.float32).reshape(-1, self.pooled_width)

    def _numbers(
        self, options: Mapping[str, Any], *, width: int, height: int, negative: bool
    ) -> list[float]:
        width = options.get("width", width)
        height = options.get("height", height)
        usual = {
            "width": width,
            "height": height,
            "crop_w": 0,
            "crop_h": 0,
            "target_width": width,
            "target_height": height,
            "aesthetic_score": _BAD if negative else _GOOD,
        }
        return [float(options.get(name, usual[name])) for name in self.told.value]


def waves(numbers: list[float]) -> Tensor:
    """Numbers as cosines and sines of 128 frequencies, [count, 256] float32."""
    half = WAVES // 2
    exponents = -math.log(_LONGEST) * torch.arange(half, dtype=torch.float32) / half
    angles = torch.tensor(numbers, dtype=torch.float32)[:, None] * exponents.exp()
    return torch.cat([angles.cos(), angles.sin()], dim=-1)
