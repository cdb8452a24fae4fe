"""A running mean of parameters: the weights that are exported."""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn


class MovingAverage:
    """Exponential moving average of parameters, young runs averaged over less.

    The decay of step i is min(decay, (1 + i) / (10 + i)), so that the first steps are forgotten.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], decay: float) -> None:
        self._parameters: list[Tensor] = list(parameters)
        self._decay = decay
        self._means = [weight.detach().clone() for weight in self._parameters]

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Move towards the parameters as they are after a step."""
        decay = min(self._decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(self._means, self._parameters, 1.0 - decay)

    @torch.no_grad()
    def copy_to_parameters(self) -> None:
        """Give the parameters their means."""
        for mean, weight in zip(self._means, self._parameters, strict=True):
            weight.copy_(mean)

    def state_dict(self) -> dict[str, list[Tensor]]:
        """The means, for a checkpoint."""
        return {"means": self._means}

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, list[Tensor]]) -> None:
        """Take up the means of a checkpoint."""
        for mean, saved in zip(self._means, state["means"], strict=True):
            mean.copy_(saved)
