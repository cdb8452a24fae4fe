"""SIGMAS: the noise levels of a run as they travel between nodes, a float32 tensor [steps + 1].

They fall to 0 for making a picture, and rise for turning one back into noise. Everything here
leaves its arguments as they are.
"""

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from types import MappingProxyType

import torch
from torch import Tensor

from diffusion.errors import DiffusionError

# Where a run that rises begins: at 0 itself there is no noise to find the direction of.
_ABOVE_ZERO = 1e-4

_SPACINGS: Mapping[str, Callable[[Tensor], Tensor]] = MappingProxyType(
    {
        "linear": lambda share: share,
        "cosine": lambda share: (share * math.pi / 2.0).sin(),
        "sine": lambda share: 1.0 - (share * math.pi / 2.0).cos(),
    }
)


def as_sigmas(value: object) -> Tensor:
    """Check a SIGMAS socket's value.

    Args:
        value: A tensor [n], n may be 0.

    Returns:
        Float32 on the CPU.

    Raises:
        DiffusionError: It is no row of numbers, or holds negative ones, NaN or infinity.
    """
    if not isinstance(value, Tensor) or value.ndim != 1 or value.is_complex():
        came = list(value.shape) if isinstance(value, Tensor) else type(value).__name__
        raise DiffusionError(
            f"Noise levels are one row of numbers, a tensor [steps + 1], but {came} came: connect "
            "a scheduler node."
        )
    sigmas = value.detach().to("cpu", torch.float32)
    for place, level in enumerate(sigmas.tolist()):
        if not math.isfinite(level) or level < 0.0:
            raise DiffusionError(
                f"Noise levels are numbers from 0 upwards, but number {place + 1} of {len(sigmas)} "
                f"is {level:g}."
            )
    return sigmas


def rises(sigmas: tuple[float, ...]) -> bool:
    """Whether some level is above the one before it."""
    return any(later > earlier for earlier, later in pairwise(sigmas))


def split(sigmas: Tensor, step: int) -> tuple[Tensor, Tensor]:
    """The levels up to a step and those from it on; the level between belongs to both."""
    return sigmas[: step + 1], sigmas[step:]


def split_denoise(sigmas: Tensor, denoise: float) -> tuple[Tensor, Tensor]:
    """Split so that the second part has this share of the steps."""
    steps = max(len(sigmas) - 1, 0)
    return split(sigmas, steps - round(steps * denoise))


def flipped(sigmas: Tensor) -> Tensor:
    """The levels in reverse; a first one of 0 is moved just above it."""
    turned = sigmas.flip(0)
    if len(turned) and float(turned[0]) == 0.0:
        turned[0] = _ABOVE_ZERO
    return turned


def with_first(sigmas: Tensor, sigma: float) -> Tensor:
    """The levels with another first one."""
    if not len(sigmas):
        raise DiffusionError("There are no noise levels, so there is no first one to set.")
    changed = sigmas.clone()
    changed[0] = sigma
    return changed


def extended(sigmas: Tensor, steps: int, *, start: float, end: float, spacing: str) -> Tensor:
    """More steps in a part of a schedule.

    Args:
        sigmas: The levels.
        steps: How many steps each step of that part becomes.
        start: The part begins at this level; below 0 means at the first.
        end: It ends at this one.
        spacing: `linear`, `cosine` (first wide, then narrow) or `sine` (the other way round).
    """
    top = math.inf if start < 0.0 else start
    shares = _SPACINGS[spacing](torch.linspace(0.0, 1.0, steps + 1)[1:-1])
    parts = []
    for level, below in pairwise(sigmas):
        parts.append(level[None])
        if end <= float(level) <= top:
            parts.append(level + (below - level) * shares)
    return torch.cat([*parts, sigmas[-1:]])
