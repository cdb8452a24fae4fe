"""Nodes that read a model's numbers in another way: other predictions, other noise levels."""

from typing import Annotated, Literal

from graph.decorator import node
from graph.sockets import Boolean, Combo, Float, Int
from nodes.types import Model

_CATEGORY = "advanced/model"

Level = Annotated[float, Float(0.0, 1000.0, step=0.001, round=False)]
Shift = Annotated[float, Float(0.0, 100.0, step=0.01)]
Side = Annotated[int, Int(16, 16384, step=8)]


@node("ModelSamplingDiscrete", category=_CATEGORY)
def model_sampling_discrete(
    model: Model,
    sampling: Annotated[
        Literal["eps", "v_prediction", "lcm", "x0", "img_to_img"],
        Combo(("eps", "v_prediction", "lcm", "x0", "img_to_img")),
    ],
    zsnr: Annotated[bool, Boolean()] = False,
) -> Model:
    """Say what a model trained on a list of timesteps answers, where its file does not.

    Args:
        model: The model.
        sampling: What it answers: the noise (eps), the velocity (v_prediction), the picture (x0,
            img_to_img), or the noise after consistency distillation (lcm).
        zsnr: Whether its last timestep is pure noise (zero terminal signal-to-noise ratio).
    """
    from diffusion.model_sampling import discrete

    return discrete(model, sampling, zero_terminal=zsnr)


@node("ModelSamplingContinuousEDM", category=_CATEGORY)
def model_sampling_continuous_edm(
    model: Model,
    sampling: Annotated[
        Literal["v_prediction", "edm", "edm_playground_v2.5", "eps", "cosmos_rflow"],
        Combo(("v_prediction", "edm", "edm_playground_v2.5", "eps", "cosmos_rflow")),
    ],
    sigma_max: Level = 120.0,
    sigma_min: Level = 0.002,
) -> Model:
    """Say that a model was trained on any noise level, as EDM describes it.

    Args:
        model: The model.
        sampling: What it answers.
        sigma_max: The most noise it knows.
        sigma_min: The least.
    """
    from diffusion.model_sampling import continuous

    return continuous(model, sampling, sigma_min, sigma_max)


@node("ModelSamplingContinuousV", category=_CATEGORY)
def model_sampling_continuous_v(
    model: Model,
    sampling: Annotated[str, Combo(("v_prediction",))],  # noqa: ARG001 - there is one choice
    sigma_max: Level = 500.0,
    sigma_min: Level = 0.03,
) -> Model:
    """Say that a model answers velocities at any noise level and is told the level as an angle.

    Args:
        model: The model.
        sampling: What it answers.
        sigma_max: The most noise it knows.
        sigma_min: The least.
    """
    from diffusion.model_sampling import continuous_velocity

    return continuous_velocity(model, sigma_min, sigma_max)


@node("ModelSamplingSD3", category=_CATEGORY)
def model_sampling_sd3(model: Model, shift: Shift = 3.0) -> Model:
    """Say that a model is a flow whose noise levels are shifted, as SD 3 is.

    Args:
        model: The model.
        shift: More spends more steps on much noise.
    """
    from diffusion.model_sampling import shifted_flow

    return shifted_flow(model, shift)


@node("ModelSamplingAuraFlow", category=_CATEGORY)
def model_sampling_aura_flow(model: Model, shift: Shift = 1.73) -> Model:
    """Say that a model is a flow whose noise levels are shifted, as AuraFlow is.

    Args:
        model: The model.
        shift: More spends more steps on much noise.
    """
    from diffusion.model_sampling import shifted_flow

    return shifted_flow(model, shift, multiplier=1.0)


@node("ModelSamplingFlux", category=_CATEGORY)
def model_sampling_flux(
    model: Model,
    max_shift: Shift = 1.15,
    base_shift: Shift = 0.5,
    width: Side = 1024,
    height: Side = 1024,
) -> Model:
    """Say that a model is a flow whose noise levels are shifted more for larger pictures.

    Args:
        model: The model.
        max_shift: The shift at 1024 × 1024 pixels.
        base_shift: The shift at 256 × 256 pixels.
        width: Of the picture.
        height: Of the picture.
    """
    from diffusion.model_sampling import flux_flow_for

    return flux_flow_for(
        model, max_shift=max_shift, base_shift=base_shift, width=width, height=height
    )
