"""CONDITIONING entries, `[[context, {…}], …]`, made ready for guidance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.parameterisation import Parameterisation

ConditioningEntry = Sequence[Any]


@dataclass(frozen=True)
class Condition:
    """One prompt and where it holds.

    Attributes:
        context: What the network attends to, [1 or B, tokens, width].
        strength: Its weight among the others of its side.
        sigma_from: It holds at noise levels up to this one,
        sigma_to: and not below this one.
    """

    context: Tensor
    strength: float = 1.0
    sigma_from: float = float("inf")
    sigma_to: float = 0.0

    def holds_at(self, sigma: float) -> bool:
        """Whether it counts at a noise level."""
        return self.sigma_to <= sigma <= self.sigma_from


def read_conditioning(
    entries: Sequence[ConditioningEntry],
    parameterisation: Parameterisation,
    device: torch.device | str,
) -> tuple[Condition, ...]:
    """Turn CONDITIONING into conditions on the model's device.

    Args:
        entries: `[[context, {"strength"?, "start_percent"?, "end_percent"?, …}], …]`.
        parameterisation: Tells which noise levels the percentages are.
        device: Where the model is.

    Raises:
        DiffusionError: There are no entries, or one is not a context of shape [B, tokens, width].
    """
    if not entries:
        raise DiffusionError("The conditioning is empty: connect a prompt.")
    return tuple(_condition(entry, parameterisation, device) for entry in entries)


def _condition(
    entry: ConditioningEntry, parameterisation: Parameterisation, device: torch.device | str
) -> Condition:
    context, options = entry[0], entry[1]
    if not isinstance(context, Tensor) or context.ndim != 3:
        came = list(context.shape) if isinstance(context, Tensor) else type(context).__name__
        raise DiffusionError(
            f"A conditioning holds a text embedding [batch, tokens, width], but {came} came."
        )
    return Condition(
        context=context.to(device, torch.float32),
        strength=float(options.get("strength", 1.0)),
        sigma_from=_level(options, "start_percent", 0.0, parameterisation),
        sigma_to=_level(options, "end_percent", 1.0, parameterisation),
    )


def _level(
    options: Mapping[str, Any], key: str, default: float, parameterisation: Parameterisation
) -> float:
    return parameterisation.levels.sigma_at(float(options.get(key, default)))
