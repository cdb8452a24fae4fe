"""A model that is a formula instead of a network, the one behind tests/data/sampling.

Called as a UNet is, with scaled x, timestep and context, so that only the sampling is under test.
"""

import torch
from torch import Tensor

from diffusion.latents import FLUX_LATENTS, SD3_LATENTS, SD15_LATENTS
from diffusion.model import DiffusionModel
from diffusion.parameterisation import Prediction, flux_flow, sd3_flow, stable_diffusion

Conditioning = list[tuple[Tensor, dict[str, object]]]

POSITIVE: Conditioning = [(torch.full((1, 77, 8), 0.5), {})]
NEGATIVE: Conditioning = [(torch.full((1, 77, 8), -0.25), {})]

_SPACES = {
    "eps": (stable_diffusion(Prediction.EPS), SD15_LATENTS),
    "v": (stable_diffusion(Prediction.V), SD15_LATENTS),
    "sd3": (sd3_flow(shift=3.0), SD3_LATENTS),
    "flux": (flux_flow(mu=1.15), FLUX_LATENTS),
}


def formula(x: Tensor, timestep: Tensor, context: Tensor) -> Tensor:
    """Non-linear in x, different at every timestep, and sensitive to the prompt."""
    prompt = context.mean(dim=(1, 2)).view(-1, 1, 1, 1)
    wave = torch.sin(0.01 * timestep).view(-1, 1, 1, 1)
    return 0.8 * torch.tanh(0.9 * x + 0.3 * prompt + 0.2 * wave) + 0.1 * torch.roll(x, 1, -1)


class CountingNetwork:
    """The formula, with a record of the batches it was called with."""

    def __init__(self) -> None:
        self.calls: list[tuple[torch.Size, torch.Size]] = []
        self.dtypes: set[torch.dtype] = set()

    def __call__(
        self, x: Tensor, timestep: Tensor, context: Tensor, /, *, vector: Tensor | None = None
    ) -> Tensor:
        self.calls.append((x.shape, context.shape))
        self.dtypes |= {x.dtype, context.dtype}
        return formula(x, timestep.to(x.dtype), context)


def formula_model(
    kind: str = "eps",
    *,
    network: CountingNetwork | None = None,
    dtype: torch.dtype = torch.float32,
) -> DiffusionModel:
    """A model of one of the golden kinds: eps, v, sd3 or flux."""
    space, units = _SPACES[kind]
    return DiffusionModel(
        network=network or CountingNetwork(),
        parameterisation=space,
        latent_format=units,
        family=kind,
        device=torch.device("cpu"),
        dtype=dtype,
    )
