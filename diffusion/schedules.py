"""Schedules: which noise levels a run visits, falling, the last one 0.

A schedule maps (noise levels, number of steps) to steps + 1 sigmas as Python floats with float32
values. They are computed in float32 on purpose: the noise of SDE samplers is looked up by the exact
sigma, so other rounding would be other pictures. `schedule_sigmas` is the entry; SCHEDULES is the
table behind it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor

from diffusion import ramps
from diffusion.errors import DiffusionError
from diffusion.noise_levels import NoiseLevels
from diffusion.suggest import closest

Schedule = Callable[[NoiseLevels, int], Sequence[float]]

_TURBO_STEPS = 10


def _levels(sigmas: Tensor) -> tuple[float, ...]:
    """Close a falling row of levels with zero."""
    return (*sigmas.float().tolist(), 0.0)


def karras(levels: NoiseLevels, steps: int, *, rho: float = 7.0) -> tuple[float, ...]:
    """Equal steps in sigma^(1/rho) (Karras et al. 2022, arXiv:2206.00364, eq. 5)."""
    return _levels(ramps.karras(levels.table[-1], levels.table[0], steps, rho=rho))


def exponential(levels: NoiseLevels, steps: int) -> tuple[float, ...]:
    """Equal ratios: linear in ln sigma (Song et al. 2021, arXiv:2011.13456, the VE SDE)."""
    return _levels(ramps.exponential(levels.table[-1], levels.table[0], steps))


def simple(levels: NoiseLevels, steps: int) -> tuple[float, ...]:
    """Every n-th entry of the model's table, from the largest."""
    stride = len(levels.table) / steps
    return (*(levels.table[-(1 + int(step * stride))] for step in range(steps)), 0.0)


def normal(levels: NoiseLevels, steps: int) -> tuple[float, ...]:
    """Timesteps evenly spaced, ends included (Lin et al. 2023, arXiv:2305.08891, "linspace")."""
    return _at_timesteps(levels, torch.linspace(*_timestep_ends(levels), steps))


def sgm_uniform(levels: NoiseLevels, steps: int) -> tuple[float, ...]:
    """As `normal`, but the last step goes from above the least level straight to zero.

    Source: Podell et al. 2023, arXiv:2307.01952 (SDXL; "trailing" in Lin et al. 2023).
    """
    return _at_timesteps(levels, torch.linspace(*_timestep_ends(levels), steps + 1)[:-1])


def _timestep_ends(levels: NoiseLevels) -> tuple[float, float]:
    return levels.timestep(levels.table[-1]), levels.timestep(levels.table[0])


def _at_timesteps(levels: NoiseLevels, timesteps: Tensor) -> tuple[float, ...]:
    sigmas = [levels.sigma(timestep) for timestep in timesteps.tolist()]
    # The least level of some flow models is zero already.
    return tuple(sigmas) if math.isclose(sigmas[-1], 0.0, abs_tol=1e-5) else (*sigmas, 0.0)


def ddim_uniform(levels: NoiseLevels, steps: int) -> tuple[float, ...]:
    """Every n-th entry of the table from its second (Song et al. 2020, arXiv:2010.02502, app. D.2).

    The stride is a whole number, so that there may be more levels than asked for.
    """
    stride = max(len(levels.table) // steps, 1)
    return (*reversed(levels.table[1::stride]), 0.0)


def beta(
    levels: NoiseLevels, steps: int, *, alpha: float = 0.6, beta: float = 0.6
) -> tuple[float, ...]:
    """Quantiles of a beta distribution over the table (Lee et al. 2024, arXiv:2407.12173).

    Neighbours that round to the same entry are merged.
    """
    from scipy.stats import beta as distribution  # noqa: PLC0415 - takes a second to import

    places = 1.0 - np.linspace(0.0, 1.0, steps, endpoint=False)
    indices = np.rint(distribution.ppf(places, alpha, beta) * (len(levels.table) - 1))
    distinct = dict.fromkeys(int(index) for index in indices)
    return (*(levels.table[index] for index in distinct), 0.0)


def linear_quadratic(
    levels: NoiseLevels, steps: int, *, threshold: float = 0.025
) -> tuple[float, ...]:
    """Half of the steps spend a small share of the noise evenly, the rest falls quadratically.

    Source: Polyak et al. 2024, arXiv:2410.13720 (Movie Gen), section 3.4.2.
    """
    if steps == 1:
        return levels.table[-1], 0.0
    even = steps // 2
    rest = steps - even
    slope = threshold / even
    # The parabola continues the line's slope and reaches 1 after the last step.
    bend = (1.0 - threshold - slope * rest) / rest**2
    spent = [slope * step for step in range(even)]
    spent += [threshold + slope * step + bend * step**2 for step in range(rest)]
    return _levels((1.0 - torch.tensor(spent, dtype=torch.float64)).float() * levels.table[-1])


def kl_optimal(levels: NoiseLevels, steps: int) -> tuple[float, ...]:
    """Even in arctan sigma (Sabour et al. 2024, arXiv:2404.14507, theorem 3.1)."""
    if steps == 1:
        return levels.table[-1], 0.0
    share = torch.arange(steps) / (steps - 1)
    low, high = math.atan(levels.table[0]), math.atan(levels.table[-1])
    return _levels((share * low + (1.0 - share) * high).tan())


SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {
        "simple": simple,
        "sgm_uniform": sgm_uniform,
        "karras": karras,
        "exponential": exponential,
        "ddim_uniform": ddim_uniform,
        "beta": beta,
        "normal": normal,
        "linear_quadratic": linear_quadratic,
        "kl_optimal": kl_optimal,
    }
)


def schedule_sigmas(name: str, levels: NoiseLevels, steps: int) -> tuple[float, ...]:
    """The noise levels of a run.

    Args:
        name: One of `names.SCHEDULER_NAMES`.
        levels: The model's noise levels.
        steps: How many steps, at least 1.

    Returns:
        steps + 1 falling sigmas, the last 0.

    Raises:
        DiffusionError: The name is unknown or there are no steps.
    """
    if name not in SCHEDULES:
        raise DiffusionError(f"Unknown schedule '{name}'{closest(name, SCHEDULES)}.")
    if steps < 1:
        raise DiffusionError(f"A schedule needs at least 1 step, not {steps}: raise `steps`.")
    return tuple(float(np.float32(sigma)) for sigma in SCHEDULES[name](levels, steps))


def distilled(levels: NoiseLevels, steps: int, denoise: float = 1.0) -> tuple[float, ...]:
    """The timesteps that SD Turbo was distilled at: 999, 899, … 99.

    Source: Sauer et al. 2023, arXiv:2311.17042 (adversarial diffusion distillation), section 3.

    Args:
        levels: The model's noise levels.
        steps: How many of the ten.
        denoise: The share of them that are left; the first ones are skipped.

    Returns:
        At most steps + 1 sigmas, the last 0.
    """
    skipped = _TURBO_STEPS - int(_TURBO_STEPS * denoise)
    timesteps = range(999, 0, -100)[skipped : skipped + steps]
    sigmas = [levels.sigma(float(timestep)) for timestep in timesteps]
    return (*sigmas, 0.0)
