"""Noise levels between two given ends, without a model: the formulas behind schedule nodes.

Each gives `steps` falling levels as a float32 tensor, without a closing zero (`closed` adds it).
Float32 on purpose: see `schedules.py`.
"""

import math
from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor

from diffusion.errors import DiffusionError

# Sabour et al. 2024, arXiv:2404.14507: the levels published for 10 steps. Those of SD 1 and SDXL
# are entries of the models' own tables.
ALIGNED = MappingProxyType(
    {
        "SD1": (
            *(14.6146412293, 6.4745760956, 3.8636745985, 2.6946151520, 1.8841921177, 1.3943805092),
            *(0.9642583904, 0.6523686016, 0.3977456272, 0.1515232662, 0.0291671582),
        ),
        "SDXL": (
            *(14.6146412293, 6.3184485287, 3.7681790315, 2.1811480769, 1.3405244945, 0.8620721141),
            *(0.5550693289, 0.3798540708, 0.2332364134, 0.1114188177, 0.0291671582),
        ),
        "SVD": (700.0, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002),
    }
)


def closed(levels: Tensor) -> Tensor:
    """The levels and a zero behind them."""
    return torch.cat([levels.float(), torch.zeros(1)])


def karras(high: float, low: float, steps: int, *, rho: float = 7.0) -> Tensor:
    """Equal steps in sigma^(1/rho) (Karras et al. 2022, arXiv:2206.00364, eq. 5)."""
    if rho <= 0.0:
        raise DiffusionError(f"`rho` lies above 0 (7 is usual), but {rho} came.")
    top, bottom = high ** (1.0 / rho), low ** (1.0 / rho)
    levels: Tensor = (top + torch.linspace(0.0, 1.0, steps) * (bottom - top)) ** rho
    return levels


def exponential(high: float, low: float, steps: int) -> Tensor:
    """Equal ratios: linear in ln sigma (Song et al. 2021, arXiv:2011.13456, the VE SDE)."""
    return torch.linspace(*_logarithms(high, low), steps).exp()


def polyexponential(high: float, low: float, steps: int, *, rho: float = 1.0) -> Tensor:
    """A power of a line in ln sigma; rho 1 is `exponential`, more spends more steps near `low`."""
    top, bottom = _logarithms(high, low)
    return (torch.linspace(1.0, 0.0, steps) ** rho * (top - bottom) + bottom).exp()


def variance_preserving(
    steps: int, *, beta_d: float = 19.9, beta_min: float = 0.1, least_time: float = 1e-3
) -> Tensor:
    """Even times of the VP diffusion (Song et al. 2021, arXiv:2011.13456, eq. 33)."""
    times = torch.linspace(1.0, least_time, steps)
    return (beta_d * times**2 / 2.0 + beta_min * times).expm1().clamp_min(0.0).sqrt()


def laplace(high: float, low: float, steps: int, *, mu: float = 0.0, beta: float = 0.5) -> Tensor:
    """Quantiles of a Laplace distribution of ln sigma (Hang et al. 2024, arXiv:2407.03297, tab. 1).

    The infinite tails are cut at the ends, so that some of the first and last levels are equal.
    """
    place = 0.5 - torch.linspace(0.0, 1.0, steps)
    # A little more than zero, so that there is a logarithm.
    tail = (1.0 - 2.0 * place.abs() + 1e-5).log()
    return (mu - beta * place.sign() * tail).exp().clamp(low, high)


def aligned(model_type: str, steps: int) -> Tensor:
    """The published levels of Align Your Steps, spread to another number of steps, closing zero.

    Args:
        model_type: A key of `ALIGNED`.
        steps: At least 1.

    Returns:
        steps + 1 levels, interpolated in ln sigma over the step's number; the last is 0.
    """
    published = ALIGNED[model_type]
    levels = torch.tensor(published)
    if steps + 1 != len(published):
        levels = _stretched(published, steps + 1)
    levels[-1] = 0.0
    return levels


def _stretched(levels: Sequence[float], count: int) -> Tensor:
    rising = np.log(levels[::-1])
    places = np.linspace(0.0, 1.0, count)
    between = np.interp(places, np.linspace(0.0, 1.0, len(rising)), rising)
    return torch.from_numpy(np.exp(between)[::-1].copy()).float()


def _logarithms(high: float, low: float) -> tuple[float, float]:
    if min(high, low) <= 0.0:
        raise DiffusionError(
            f"These levels have equal ratios, so that both ends lie above 0, but `sigma_max` is "
            f"{high} and `sigma_min` {low}."
        )
    return math.log(high), math.log(low)
