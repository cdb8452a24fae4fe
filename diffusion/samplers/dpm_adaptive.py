"""DPM-Solver that chooses its own steps by how much two orders differ.

References: Lu, Zhou, Bao, Chen, Li and Zhu 2022, arXiv:2206.00927, appendix C; the step's width
follows a PID controller (Söderlind 2003, ACM TOMS 29, "Digital filters in adaptive time-stepping").
Only the first and the last level above zero count; the number of steps does not.
"""

import math
from dataclasses import dataclass

from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.samplers.ancestral import ancestral_levels
from diffusion.samplers.dpm_solver import (
    Asking,
    Start,
    ask_noise,
    has_one_level,
    second_order,
    third_order,
    time_ends,
)
from diffusion.samplers.euler import euler
from diffusion.samplers.problem import Problem
from diffusion.samplers.question import Sampling

# A noisy step cannot be told apart by more than this order.
_STOCHASTIC_ORDER = 1.5
_MOST_REJECTED = 100
_TINY = 1e-8


@dataclass
class _StepSize:
    """The controller of the step's width in time, whose sign is the run's direction.

    Attributes:
        width: Of the next step.
        order: Of the error in the width.
        proportional, integral, differential: What the last errors count for.
        accept_above: A step counts if the next one need not shrink below this factor.
    """

    width: float
    order: float
    proportional: float
    integral: float
    differential: float
    accept_above: float
    _before: tuple[float, float] | None = None
    _rejected: int = 0

    def judge(self, error: float) -> bool:
        """Whether a step with this error counts (1 is the tolerance); sets the next one's width."""
        if not math.isfinite(error):
            raise DiffusionError(
                "dpm_adaptive cannot tell how wrong its step is: raise its tolerance `atol`."
            )
        inverse = 1.0 / (error + _TINY)
        self._before = self._before or (inverse, inverse)
        errors = (inverse, *self._before)
        factor = math.prod(e**power for e, power in zip(errors, self._powers(), strict=True))
        limited = 1.0 + math.atan(factor - 1.0)
        accepted = limited >= self.accept_above
        self._rejected = 0 if accepted else self._rejected + 1
        if self._rejected > _MOST_REJECTED:
            raise DiffusionError(
                f"dpm_adaptive threw away {_MOST_REJECTED} steps in a row: raise its tolerances "
                "`rtol` and `atol`, or lower `accept_safety`."
            )
        if accepted:
            self._before = inverse, self._before[0]
        self.width *= limited
        return accepted

    def _powers(self) -> tuple[float, float, float]:
        all_three = self.proportional + self.integral + self.differential
        middle = -(self.proportional + 2.0 * self.differential)
        return all_three / self.order, middle / self.order, self.differential / self.order


@dataclass(frozen=True)
class _Aim:
    """Where a step goes: a width in time, and the noise that is added there."""

    width: float
    up: float


def dpm_adaptive(
    x: Tensor,
    problem: Problem,
    *,
    order: int = 3,
    rtol: float = 0.05,
    atol: float = 0.0078,
    h_init: float = 0.05,
    pcoeff: float = 0.0,
    icoeff: float = 1.0,
    dcoeff: float = 0.0,
    accept_safety: float = 0.81,
    eta: float = 0.0,
    s_noise: float = 1.0,
) -> Sampling:
    """Steps of one order; a lower one made of the same answers tells how wide the next may be.

    Args:
        x: Where the run starts.
        problem: Its levels and noise.
        order: 2 or 3.
        rtol: How wrong a step may be, as a share of the latent's value,
        atol: or absolutely, whichever is more.
        h_init: Width of the first step in ln sigma.
        pcoeff: What the last error counts for in the next width,
        icoeff: what the errors together do,
        dcoeff: and what their change does.
        accept_safety: How far the width may have to shrink before the step is done again.
        eta: 0 for the ODE; 1 for ancestral noise.
        s_noise: Factor of that noise.

    Raises:
        DiffusionError: No step would ever do.
    """
    if has_one_level(problem):
        return (yield from euler(x, problem))
    _require_sense(rtol=rtol, atol=atol, h_init=h_init)
    time, end = time_ends(problem)
    forward = 1.0 if end > time else -1.0
    sizes = _StepSize(
        width=h_init * forward,
        order=_STOCHASTIC_ORDER if eta else order,
        proportional=pcoeff,
        integral=icoeff,
        differential=dcoeff,
        accept_above=accept_safety,
    )
    before, step = x, 0
    while (end - time) * forward > 1e-5:
        width = min((end - time) * forward, sizes.width * forward) * forward
        aim = _aim(time, width, end, eta) if forward > 0.0 else _Aim(width, 0.0)
        number = min(step, problem.steps - 1)
        start = Start(x, time, (yield from ask_noise(x, time, number)), number)
        low, high = yield from _two_orders(start, aim.width, order)
        if sizes.judge(_error(low, high, before, rtol=rtol, atol=atol)):
            before, x = low, high
            if aim.up * s_noise > 0.0:
                levels = math.exp(-time), math.exp(-(time + width))
                x = x + problem.noise(*levels) * (aim.up * s_noise)
            time += width
        step += 1
    return x


def _require_sense(*, rtol: float, atol: float, h_init: float) -> None:
    if max(rtol, atol) <= 0.0:
        raise DiffusionError("dpm_adaptive must be allowed some error: raise `rtol` or `atol`.")
    if h_init <= 0.0:
        raise DiffusionError(f"The first step `h_init` is wider than 0, but {h_init} came.")


def _aim(time: float, width: float, end: float, eta: float) -> _Aim:
    """Go further down by what the noise will add."""
    if eta == 0.0:
        return _Aim(width, 0.0)
    level = math.exp(-(time + width))
    down, _ = ancestral_levels(math.exp(-time), level, eta)
    target = min(end, -math.log(down)) if down > 0.0 else end
    return _Aim(target - time, math.sqrt(max(level**2 - math.exp(-target) ** 2, 0.0)))


def _two_orders(start: Start, width: float, order: int) -> Asking[tuple[Tensor, Tensor]]:
    """The step in the order below and in this one."""
    if order == 2:
        noise_1 = yield from start.ask(start.move(width / 2.0), width / 2.0)
        return start.move(width), second_order(start, width, noise_1, 0.5)
    noise_1 = yield from start.ask(start.move(width / 3.0), width / 3.0)
    low = second_order(start, width, noise_1, 1.0 / 3.0)
    return low, (yield from third_order(start, width, noise_1))


def _error(low: Tensor, high: Tensor, before: Tensor, *, rtol: float, atol: float) -> float:
    """Root mean square of the difference over the tolerance."""
    tolerance = (low.abs().maximum(before.abs()) * rtol).clamp_min(atol)
    return float(((low - high) / tolerance).square().mean().sqrt())
