"""CONDITIONING entries, `[[context, {…}], …]`, made ready for guidance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.parameterisation import Parameterisation

ConditioningEntry = Sequence[Any]


@dataclass(frozen=True)
class Condition:
    """One prompt and when it holds.

    Attributes:
        context: What the network attends to, [1 or B, tokens, width].
        sigma_from: It holds at noise levels up to this one,
        sigma_to: and not below this one.
        options: All else that its entry says: where it holds and how much it counts
            (`regions.py`), and what some models want to know beside the prompt.
    """

    context: Tensor
    sigma_from: float = float("inf")
    sigma_to: float = 0.0
    options: Mapping[str, Any] = field(default_factory=dict)


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
    if not isinstance(context, Tensor) or context.ndim != 3 or context.numel() == 0:
        came = list(context.shape) if isinstance(context, Tensor) else type(context).__name__
        raise DiffusionError(
            f"A conditioning holds a text embedding [batch, tokens, width], but {came} came."
        )
    return Condition(
        context=context.to(device, torch.float32),
        sigma_from=_level(options, "start_percent", 0.0, parameterisation),
        sigma_to=_level(options, "end_percent", 1.0, parameterisation),
        options=options,
    )


def _level(
    options: Mapping[str, Any], key: str, default: float, parameterisation: Parameterisation
) -> float:
    return parameterisation.levels.sigma_at(float(options.get(key, default)))
