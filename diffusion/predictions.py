"""What a UNet answers, told by its file: noise, velocity, or as EDM models do.

Shapes do not tell. SD 2.x trained on velocities is known by its weights: the last norm before
self-attention has biases spread more widely than a model trained on noise. Later files carry empty
tensors as marks: `v_pred`, `ztsnr` (Lin et al. 2023, arXiv:2305.08891) and `edm_vpred.sigma_max`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from diffusion.errors import DiffusionError
from diffusion.noise_levels import ContinuousLevels, DiscreteLevels, scaled_linear_betas
from diffusion.parameterisation import Parameterisation, Prediction, stable_diffusion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from diffusion.family import Family
    from diffusion.weights import Weights

_V_SPREAD = 0.09
_EDM_LEAST, _EDM_MOST = "edm_vpred.sigma_min", "edm_vpred.sigma_max"
_LAST_NORM = re.compile(
    r"(?:output_blocks\.(\d+)\.1|up_blocks\.(\d+)\.attentions\.(\d+))"
    r"\.transformer_blocks\.0\.norm1\.bias"
)


def parameterisation_of(
    weights: Weights, unet: Mapping[str, Tensor], family: Family
) -> Parameterisation:
    """What the answers of a file's UNet mean.

    Args:
        weights: The whole file.
        unet: Its UNet's tensors, under original or diffusers names.
        family: What it is.

    Raises:
        DiffusionError: The file's marks say a kind that is not read.
    """
    marks = weights.tensors
    if "edm_mean" in marks and "edm_std" in marks:
        raise DiffusionError(
            f"{weights.source} has latents with a mean and spread of their own, as Playground "
            "v2.5's: Safelight does not read such models so far"
        )
    if _EDM_MOST in marks:
        least = float(marks[_EDM_LEAST]) if _EDM_LEAST in marks else ContinuousLevels.sigma_min
        return Parameterisation(Prediction.V, ContinuousLevels(least, float(marks[_EDM_MOST])))
    if "v_pred" in marks:
        return sd_levels(Prediction.V, zero_terminal_snr="ztsnr" in marks)
    if family.prediction is Prediction.EPS and _spread_like_velocities(unet, family):
        return stable_diffusion(Prediction.V)
    return stable_diffusion(family.prediction)


def sd_levels(prediction: Prediction, *, zero_terminal_snr: bool) -> Parameterisation:
    """Stable Diffusion's noise levels, perhaps with the last stretched to pure noise."""
    usual = stable_diffusion(prediction)
    if not zero_terminal_snr:
        return usual
    return replace(usual, levels=DiscreteLevels(scaled_linear_betas(), zero_terminal_snr=True))


def _spread_like_velocities(unet: Mapping[str, Tensor], family: Family) -> bool:
    """Whether it is an SD 2.x trained on velocities; inpainting ones were trained on noise."""
    entrance = unet.get("input_blocks.0.0.weight", unet.get("conv_in.weight"))
    if family.name != "SD 2.x" or entrance is None or entrance.shape[1] != family.latents.channels:
        return False
    places = {
        tuple(int(number) for number in match.groups() if number): name
        for name in unet
        if (match := _LAST_NORM.fullmatch(name))
    }
    return bool(places) and float(unet[places[max(places)]].float().std(correction=0)) > _V_SPREAD
