"""Step noise from one Brownian path over the noise levels, for SDE samplers.

The increment between two levels is a property of the path, not of the steps taken, so that a run
with twice as many steps sees a finer view of the same noise. The path is torchsde's BrownianTree
(Li et al. 2020, arXiv:2001.01328, section 4; Apache-2.0) with the seed as its entropy.
"""

import math
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from torchsde import BrownianTree

_DIGITS = 6


class BrownianNoise:
    """Scaled increments of a Brownian path that runs from sigma_min to sigma_max."""

    def __init__(self, like: Tensor, seed: int, sigma_min: float, sigma_max: float) -> None:
        self._shape = like.shape
        self._device = like.device
        self._seed = seed
        self._ends = sigma_min, sigma_max

    @cached_property
    def _path(self) -> "BrownianTree":
        # Importing torchsde takes a second, and a one-step run never asks for noise.
        from torchsde import BrownianTree  # noqa: PLC0415 - see above

        low, high = self._ends
        return BrownianTree(t0=low, w0=torch.zeros(self._shape), t1=high, entropy=self._seed)

    def __call__(self, sigma: float, sigma_next: float) -> Tensor:
        """Unit variance noise of the batch's shape, on its device."""
        # The path knows its ends to six digits only, and warns of levels beyond them.
        low, high = (round(end, _DIGITS) for end in self._ends)
        start, end = (min(max(level, low), high) for level in (sigma_next, sigma))
        # Going down the levels is going back along the path, hence the sign.
        increment: Tensor = -self._path(start, end)
        return (increment / math.sqrt(sigma - sigma_next)).to(self._device)
