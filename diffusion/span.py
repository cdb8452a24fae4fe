"""Which part of a schedule a run visits."""

from dataclasses import dataclass

from diffusion.errors import DiffusionError
from diffusion.noise_levels import NoiseLevels
from diffusion.samplers.registry import Sampler
from diffusion.schedules import schedule_sigmas

# A denoise this close to one is the whole way.
_WHOLE = 0.9999


@dataclass(frozen=True)
class Span:
    """The wish of a run.

    Attributes:
        steps: Number of steps, at least 1.
        denoise: 0..1; less than one starts lower down, at the last `steps` of `int(steps /
            denoise)`.
        start_step: First step to do.
        last_step: Step to stop before; the noise left then stays in, unless
        force_full_denoise: the last step goes to zero at once.
    """

    steps: int
    denoise: float = 1.0
    start_step: int | None = None
    last_step: int | None = None
    force_full_denoise: bool = False

    def sigmas(self, schedule: str, levels: NoiseLevels, sampler: Sampler) -> tuple[float, ...]:
        """The noise levels to visit; fewer than two when there is nothing to do."""
        if not 0.0 <= self.denoise <= 1.0:
            raise DiffusionError(f"`denoise` lies between 0 and 1, but {self.denoise} came.")
        if self.steps < 1:
            raise DiffusionError(
                f"Sampling needs at least 1 step, not {self.steps}: raise `steps`."
            )
        if self.denoise == 0.0:
            return ()
        if self.denoise > _WHOLE:
            sigmas = _for_sampler(schedule, levels, sampler, self.steps)
        else:
            longer = int(self.steps / self.denoise)
            sigmas = _for_sampler(schedule, levels, sampler, longer)[-(self.steps + 1) :]
        return self._cut(sigmas)

    def _cut(self, sigmas: tuple[float, ...]) -> tuple[float, ...]:
        if self.last_step is not None and self.last_step < len(sigmas) - 1:
            sigmas = sigmas[: max(self.last_step, 0) + 1]
            if self.force_full_denoise:
                sigmas = (*sigmas[:-1], 0.0)
        return sigmas[self.start_step or 0 :]


def _for_sampler(
    schedule: str, levels: NoiseLevels, sampler: Sampler, steps: int
) -> tuple[float, ...]:
    if not sampler.drops_penultimate:
        return schedule_sigmas(schedule, levels, steps)
    sigmas = schedule_sigmas(schedule, levels, steps + 1)
    return (*sigmas[:-2], sigmas[-1])
