"""A sampler and its options, as they travel between nodes."""

from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from diffusion.errors import DiffusionError
from diffusion.samplers.registry import Sampler, find_sampler
from diffusion.sigmas import rises

Option: TypeAlias = str | float | bool | tuple[float, float] | None


@dataclass(frozen=True)
class SamplerChoice:
    """What a SAMPLER socket carries: plain data, so that it has a content of its own.

    Attributes:
        name: One of `names.SAMPLER_NAMES`.
        options: Keyword arguments of the sampler, by name.
    """

    name: str
    options: tuple[tuple[str, Option], ...] = ()

    def sampler(self) -> Sampler:
        """The sampler with its options set.

        Raises:
            DiffusionError: There is none of this name; the text names the closest.
        """
        chosen = find_sampler(self.name)
        return replace(chosen, start=partial(chosen.start, **dict(self.options)))

    def require_levels(self, sigmas: tuple[float, ...]) -> None:
        """Refuse noise levels that this sampler cannot visit.

        Raises:
            DiffusionError: Zero lies before other levels, or levels rise and it is stochastic.
        """
        if 0.0 in sigmas[:-1]:
            raise DiffusionError(
                f"Only the last noise level may be 0, but number {sigmas.index(0.0) + 1} of "
                f"{len(sigmas)} is."
            )
        if rises(sigmas) and self._stochastic():
            raise DiffusionError(
                f"The sampler '{self.name}' adds noise on its way down, but these noise levels "
                "rise: use one without noise (euler, heun, dpmpp_2m, …), or levels that fall."
            )

    def _stochastic(self) -> bool:
        options = dict(self.options)
        # er_sde with phi(l) = l, and any with eta 0, is the ODE.
        return find_sampler(self.name).stochastic and not (
            options.get("eta") == 0.0 or options.get("power") == 1.0
        )


def choose(name: str, **options: Option) -> SamplerChoice:
    """A sampler and its options."""
    return SamplerChoice(name, tuple(sorted(options.items())))
