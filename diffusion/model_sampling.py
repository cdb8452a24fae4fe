"""Models whose numbers are read in another way than their family's.

A file does not always say how its model was trained; who knows better says so here. The network
is the same, only what its answers and timesteps mean changes.
"""

import math
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from diffusion.distilled_levels import AngleLevels, DistilledLevels
from diffusion.errors import DiffusionError
from diffusion.model import DiffusionModel
from diffusion.noise_levels import (
    ContinuousLevels,
    DiscreteLevels,
    ExponentialFlowLevels,
    ShiftedFlowLevels,
    scaled_linear_betas,
)
from diffusion.parameterisation import Parameterisation, Prediction
from diffusion.playground import PLAYGROUND_LATENTS

# Karras et al. 2022, table 1: the standard deviation of natural pictures in −1..1.
_PICTURES = 0.5
_TIMESTEP_SCALE = 10.0

Discrete = Literal["eps", "v_prediction", "lcm", "x0", "img_to_img"]
Continuous = Literal["v_prediction", "edm", "edm_playground_v2.5", "eps", "cosmos_rflow"]

_PREDICTIONS = {
    "eps": Prediction.EPS,
    "v_prediction": Prediction.V,
    "x0": Prediction.X0,
    "lcm": Prediction.EPS,
    "img_to_img": Prediction.X0,
    "edm": Prediction.EDM,
    "edm_playground_v2.5": Prediction.EDM,
}


@dataclass(frozen=True)
class ConsistencyParameterisation(Parameterisation):
    """A model that answers noise, distilled to leap to the picture from anywhere.

    Reference: Luo et al. 2023, arXiv:2310.04378: f = c_skip·x + c_out·picture.
    """

    def denoised(self, raw: Tensor, x: Tensor, sigma: float) -> Tensor:
        """Mix x and the picture that the noise stands for."""
        place = self.timestep(sigma) * _TIMESTEP_SCALE
        distance = math.hypot(place, _PICTURES)
        picture = super().denoised(raw, x, sigma)
        return picture * (place / distance) + x * (_PICTURES / distance) ** 2


@dataclass(frozen=True)
class UnscaledParameterisation(Parameterisation):
    """A model that is shown x as it is."""

    def scale_input(self, x: Tensor, sigma: float) -> Tensor:  # noqa: ARG002 - as all others
        """X itself."""
        return x


def discrete(model: DiffusionModel, sampling: Discrete, *, zero_terminal: bool) -> DiffusionModel:
    """Read a model as one that was trained on a list of timesteps.

    Args:
        model: Its own betas are kept where it has such a list.
        sampling: What the network answers.
        zero_terminal: Whether its last level is pure noise.
    """
    own = model.parameterisation.levels
    betas = own.betas if isinstance(own, DiscreteLevels) else scaled_linear_betas()
    whole = DiscreteLevels(betas, zero_terminal)
    prediction = _PREDICTIONS[sampling]
    if sampling == "lcm":
        few = DistilledLevels(betas, zero_terminal)
        return model.with_sampling(ConsistencyParameterisation(prediction, few))
    if sampling == "img_to_img":
        return model.with_sampling(UnscaledParameterisation(prediction, whole))
    return model.with_sampling(Parameterisation(prediction, whole))


def continuous(
    model: DiffusionModel, sampling: Continuous, sigma_min: float, sigma_max: float
) -> DiffusionModel:
    """Read a model as one that was trained on any noise level between two.

    Args:
        model: The model.
        sampling: What the network answers.
        sigma_min: The lowest level.
        sigma_max: The highest.

    Raises:
        DiffusionError: The levels do not rise, or there is no such model here.
    """
    if sampling == "cosmos_rflow":
        raise DiffusionError(
            "`cosmos_rflow` reads the answers of Cosmos models, and Safelight loads none so far: "
            "choose eps, v_prediction or edm."
        )
    levels = ContinuousLevels(*_rising(sigma_min, sigma_max))
    prediction = _PREDICTIONS[sampling]
    data = _PICTURES if prediction is Prediction.EDM else 1.0
    units = PLAYGROUND_LATENTS if sampling == "edm_playground_v2.5" else None
    return model.with_sampling(Parameterisation(prediction, levels, data), units)


def continuous_velocity(
    model: DiffusionModel, sigma_min: float, sigma_max: float
) -> DiffusionModel:
    """Read a model as one that answers velocities and is told angles.

    Raises:
        DiffusionError: The levels do not rise.
    """
    levels = AngleLevels(*_rising(sigma_min, sigma_max))
    return model.with_sampling(Parameterisation(Prediction.V, levels))


def shifted_flow(
    model: DiffusionModel, shift: float, *, multiplier: float = 1000.0
) -> DiffusionModel:
    """Read a model as a rectified flow whose levels are shifted, as those of SD 3 and AuraFlow.

    Args:
        model: The model.
        shift: More spends more steps on much noise; 1 shifts nothing.
        multiplier: The timestep that it is told for pure noise.

    Raises:
        DiffusionError: The shift is not above zero.
    """
    if shift <= 0.0:
        raise DiffusionError(f"`shift` is more than 0, but {shift:g} came: 1 shifts nothing.")
    return model.with_sampling(
        Parameterisation(Prediction.FLOW, ShiftedFlowLevels(shift, multiplier))
    )


def flux_flow_for(
    model: DiffusionModel, *, max_shift: float, base_shift: float, width: int, height: int
) -> DiffusionModel:
    """Read a model as a flow whose shift grows with the picture, as Flux's does.

    The shift rises in a line from `base_shift` at 256 patches to `max_shift` at 4,096; a patch is
    16 × 16 pixels.

    Args:
        model: The model.
        max_shift: At 1024 × 1024 pixels.
        base_shift: At 256 × 256 pixels.
        width: Of the picture, in pixels.
        height: Likewise.
    """
    slope = (max_shift - base_shift) / (4096 - 256)
    patches = width * height / (16 * 16)
    levels = ExponentialFlowLevels(patches * slope + (base_shift - slope * 256))
    return model.with_sampling(Parameterisation(Prediction.FLOW, levels))


def _rising(sigma_min: float, sigma_max: float) -> tuple[float, float]:
    if not 0.0 < sigma_min < sigma_max:
        raise DiffusionError(
            f"Noise levels rise from `sigma_min`, above 0, to `sigma_max`, but they are "
            f"{sigma_min:g} and {sigma_max:g}."
        )
    return sigma_min, sigma_max
