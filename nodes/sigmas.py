"""Nodes that cut, turn and stretch noise levels."""

import math
from typing import Annotated

from graph.decorator import node
from graph.sockets import Boolean, Combo, Float, Int
from nodes.checks import blaming
from nodes.types import Model, Sigmas

_CATEGORY = "sampling/custom_sampling/sigmas"

# What stands for "no noise level is too high" where a number is wanted.
_ABOVE_ALL = 999999999.9


@node("SplitSigmas", category=_CATEGORY, output_names=("high_sigmas", "low_sigmas"))
def split_sigmas(sigmas: Sigmas, step: Annotated[int, Int(0, 10000)] = 0) -> tuple[Sigmas, Sigmas]:
    """Cut noise levels in two at a step; the second part goes on where the first ends.

    Args:
        sigmas: The noise levels.
        step: How many steps the first part has.
    """
    from diffusion.sigmas import as_sigmas, split

    with blaming("sigmas"):
        return split(as_sigmas(sigmas), step)


@node("SplitSigmasDenoise", category=_CATEGORY, output_names=("high_sigmas", "low_sigmas"))
def split_sigmas_denoise(
    sigmas: Sigmas, denoise: Annotated[float, Float(0.0, 1.0, step=0.01)] = 1.0
) -> tuple[Sigmas, Sigmas]:
    """Cut noise levels in two so that the second part is a share of the steps.

    Args:
        sigmas: The noise levels.
        denoise: The share of the second part.
    """
    from diffusion.sigmas import as_sigmas, split_denoise

    with blaming("sigmas"):
        return split_denoise(as_sigmas(sigmas), denoise)


@node("FlipSigmas", category=_CATEGORY)
def flip_sigmas(sigmas: Sigmas) -> Sigmas:
    """Turn noise levels round: sampling then takes a picture back to the noise it came from.

    Args:
        sigmas: The noise levels. A last one of 0 becomes a first one just above 0.
    """
    from diffusion.sigmas import as_sigmas, flipped

    with blaming("sigmas"):
        return flipped(as_sigmas(sigmas))


@node("SetFirstSigma", category=_CATEGORY)
def set_first_sigma(
    sigmas: Sigmas,
    sigma: Annotated[float, Float(0.0, 20000.0, step=0.001, round=False)] = 136.0,
) -> Sigmas:
    """Put another noise level in the place of the first.

    Args:
        sigmas: The noise levels.
        sigma: The new first one.
    """
    from diffusion.sigmas import as_sigmas, with_first

    with blaming("sigmas"):
        return with_first(as_sigmas(sigmas), sigma)


@node("ExtendIntermediateSigmas", category=_CATEGORY)
def extend_intermediate_sigmas(
    sigmas: Sigmas,
    steps: Annotated[int, Int(1, 100)] = 2,
    start_at_sigma: Annotated[float, Float(-1.0, 20000.0, step=0.01, round=False)] = -1.0,
    end_at_sigma: Annotated[float, Float(0.0, 20000.0, step=0.01, round=False)] = 12.0,
    *,
    spacing: Annotated[str, Combo(("linear", "cosine", "sine"))],
) -> Sigmas:
    """Make several steps of each step in a part of the noise levels.

    Args:
        sigmas: The noise levels.
        steps: How many steps each one becomes.
        start_at_sigma: The part's highest level; −1 for all.
        end_at_sigma: The part's lowest level.
        spacing: How the new levels lie between the old ones: evenly, near the lower or near the
            higher one.
    """
    from diffusion.sigmas import as_sigmas, extended

    with blaming("sigmas"):
        return extended(
            as_sigmas(sigmas), steps, start=start_at_sigma, end=end_at_sigma, spacing=spacing
        )


@node("SamplingPercentToSigma", category=_CATEGORY, output_names=("sigma_value",))
def sampling_percent_to_sigma(
    model: Model,
    sampling_percent: Annotated[float, Float(0.0, 1.0, step=0.0001)] = 0.0,
    return_actual_sigma: Annotated[bool, Boolean()] = False,
) -> Annotated[float, Float()]:
    """Tell the noise level after a share of the way from noise to picture.

    Args:
        model: The model whose levels are meant.
        sampling_percent: The share: 0 is pure noise, 1 is the picture.
        return_actual_sigma: Tell the model's highest and lowest level at the ends, and not numbers
            that leave nothing out when they are compared with.
    """
    space = model.parameterisation
    if return_actual_sigma and sampling_percent in (0.0, 1.0):
        return space.sigma_min if sampling_percent else space.sigma_max
    sigma = space.levels.sigma_at(sampling_percent)
    return sigma if math.isfinite(sigma) else _ABOVE_ALL
