"""Step noise from one Brownian path over the noise levels, for SDE samplers.

The increment between two levels is a property of the path, not of the steps taken, so that a run
with twice as many steps sees a finer view of the same noise. The path is torchsde's Brownian tree
(Li et al. 2020, arXiv:2001.01328, section 4; Apache-2.0) with the seed as its entropy.
"""

import math
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from torchsde import BrownianInterval

# The path is resolved to this many digits, by halving; both numbers are part of what a seed means.
_DIGITS = 6
_POOL_SIZE = 24
# A path needs about two dozen of its earlier values for each new one; what it forgets it draws
# again.
_LEAST_CACHED, _CACHE_BYTES = 45, 2**25


class BrownianNoise:
    """Scaled increments of a Brownian path that runs from sigma_min to sigma_max."""

    def __init__(self, like: Tensor, seed: int, sigma_min: float, sigma_max: float) -> None:
        self._shape = like.shape
        self._device = like.device
        self._seed = seed
        self._ends = sigma_min, sigma_max

    @cached_property
    def _path(self) -> "BrownianInterval":
        # Importing torchsde takes a second, and a one-step run never asks for noise.
        from torchsde import BrownianInterval  # noqa: PLC0415 - see above

        low, high = self._ends
        return BrownianInterval(
            t0=low,
            t1=high,
            size=self._shape,
            dtype=torch.float32,
            device="cpu",
            entropy=self._seed,
            tol=10.0**-_DIGITS,
            pool_size=_POOL_SIZE,
            cache_size=max(_LEAST_CACHED, _CACHE_BYTES // (4 * self._shape.numel())),
            halfway_tree=True,
        )

    def __call__(self, sigma: float, sigma_next: float) -> Tensor:
        """Unit variance noise of the batch's shape, on its device."""
        # The path knows its ends to six digits only, and warns of levels beyond them.
        low, high = (round(end, _DIGITS) for end in self._ends)
        start, end = (min(max(level, low), high) for level in (sigma_next, sigma))
        # Going down the levels is going back along the path, hence the sign.
        increment: Tensor = -self._path(start, end)
        return (increment / math.sqrt(sigma - sigma_next)).to(self._device)
