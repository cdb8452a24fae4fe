"""How a network's raw output becomes a denoised picture, apart from samplers and schedules.

Conventions: `x` is the noisy latent in model units, [B, C, h, w]; `sigma` one Python float for the
whole batch. Variance-exploding kinds: x = picture + sigma·noise, the network sees x / √(sigma² +
sigma_data²). Flow: x = (1 − sigma)·picture + sigma·noise, the network sees x as it is.
`stable_diffusion`, `edm`, `sd3_flow` and `flux_flow` build the parameterisations of the known
families.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from torch import Tensor

from diffusion.noise_levels import (
    ContinuousLevels,
    DiscreteLevels,
    ExponentialFlowLevels,
    NoiseLevels,
    ShiftedFlowLevels,
    scaled_linear_betas,
)


class Prediction(StrEnum):
    """What the network was trained to answer."""

    EPS = "eps"
    V = "v"
    X0 = "x0"
    EDM = "edm"
    FLOW = "flow"


@dataclass(frozen=True)
class Parameterisation:
    """The noise levels of a model and the meaning of its output.

    Attributes:
        prediction: What the network answers.
        levels: Its noise levels and timesteps.
        sigma_data: Standard deviation of the data, 1 for all but EDM models.
    """

    prediction: Prediction
    levels: NoiseLevels
    sigma_data: float = 1.0

    @property
    def is_flow(self) -> bool:
        """Whether x is a mix of picture and noise whose weights sum to one."""
        return self.prediction is Prediction.FLOW

    @property
    def sigma_min(self) -> float:
        """The least noise the model knows."""
        return self.levels.table[0]

    @property
    def sigma_max(self) -> float:
        """The most noise the model knows."""
        return self.levels.table[-1]

    def sigma(self, timestep: float) -> float:
        """The noise level at a timestep in the model's units."""
        return self.levels.sigma(timestep)

    def timestep(self, sigma: float) -> float:
        """What the network is told for a noise level."""
        return self.levels.timestep(sigma)

    def alpha(self, sigma: float) -> float:
        """The weight of the picture in x at a noise level."""
        return 1.0 - sigma if self.is_flow else 1.0

    def scale_input(self, x: Tensor, sigma: float) -> Tensor:
        """What the network sees of x: unit variance (c_in of Karras et al. 2022)."""
        if self.is_flow:
            return x
        return x / math.sqrt(sigma**2 + self.sigma_data**2)

    def denoised(self, raw: Tensor, x: Tensor, sigma: float) -> Tensor:
        """The picture that a raw answer stands for.

        Sources: eps, Ho et al. 2020, arXiv:2006.11239, eq. 15; v, Salimans and Ho 2022,
            arXiv:2202.00512,
        appendix D; EDM, Karras et al. 2022, eq. 7; flow, Liu et al. 2022, arXiv:2209.03003.

        Args:
            raw: The network's answer, [B, C, h, w].
            x: What the sampler asked about (not scaled), same shape.
            sigma: Its noise level.
        """
        if self.prediction is Prediction.X0:
            return raw
        if self.prediction in (Prediction.EPS, Prediction.FLOW):
            return x - raw * sigma
        variance = sigma**2 + self.sigma_data**2
        skip = self.sigma_data**2 / variance
        out = sigma * self.sigma_data / math.sqrt(variance)
        return x * skip + raw * (out if self.prediction is Prediction.EDM else -out)

    def noised(
        self, latent: Tensor, noise: Tensor, sigma: float, *, whole_way: bool = False
    ) -> Tensor:
        """A picture with noise of unit variance mixed in up to a level.

        Args:
            latent: The picture in model units.
            noise: Unit variance noise of the same shape.
            sigma: The level to reach.
            whole_way: That level is the model's largest; its training pictures then still had
                variance one on top of the noise, so the noise is scaled by √(1 + sigma²).
        """
        if self.is_flow:
            return latent * (1.0 - sigma) + noise * sigma
        return latent + noise * (math.sqrt(1.0 + sigma**2) if whole_way else sigma)

    def picture_part(self, x: Tensor, sigma: float) -> Tensor:
        """Undo the weight that the picture has in x, so that a later run can continue from it."""
        return x / (1.0 - sigma) if self.is_flow and sigma < 1.0 else x

    def starts_at_the_top(self, sigma: float) -> bool:
        """Whether a level is the model's largest, to float32 rounding, or above it."""
        return sigma > self.sigma_max or math.isclose(sigma, self.sigma_max, rel_tol=1e-5)


def stable_diffusion(prediction: Prediction = Prediction.EPS) -> Parameterisation:
    """SD 1.x, SD 2.x, SDXL and the starter: 1,000 scaled-linear betas from 0.00085 to 0.012."""
    return Parameterisation(prediction, DiscreteLevels(scaled_linear_betas()))


def edm(
    sigma_min: float = 0.002, sigma_max: float = 120.0, sigma_data: float = 1.0
) -> Parameterisation:
    """Models trained as Karras et al. 2022 describe."""
    return Parameterisation(Prediction.EDM, ContinuousLevels(sigma_min, sigma_max), sigma_data)


def sd3_flow(shift: float = 3.0) -> Parameterisation:
    """Stable Diffusion 3: rectified flow, levels shifted."""
    return Parameterisation(Prediction.FLOW, ShiftedFlowLevels(shift))


def flux_flow(mu: float = 1.15) -> Parameterisation:
    """Flux: rectified flow, levels shifted by resolution."""
    return Parameterisation(Prediction.FLOW, ExponentialFlowLevels(mu))
