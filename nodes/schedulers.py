"""Nodes that make noise levels for the nodes of custom sampling."""

from typing import TYPE_CHECKING, Annotated

from diffusion.names import SCHEDULER_NAMES
from graph.decorator import node
from graph.errors import NodeInputError
from graph.sockets import Combo, Float, Int
from nodes.types import Model, Sigmas

if TYPE_CHECKING:
    from torch import Tensor

_CATEGORY = "sampling/custom_sampling/schedulers"

Steps = Annotated[int, Int(1, 10000)]
Denoise = Annotated[float, Float(0.0, 1.0, step=0.01)]
Level = Annotated[float, Float(0.0, 5000.0, step=0.01, round=False)]


@node("BasicScheduler", category=_CATEGORY)
def basic_scheduler(
    model: Model,
    scheduler: Annotated[str, Combo(SCHEDULER_NAMES)],
    steps: Steps = 20,
    denoise: Denoise = 1.0,
) -> Sigmas:
    """The noise levels of a model, spread over steps.

    Args:
        model: The model that they are for.
        scheduler: How they are spread.
        steps: How many steps.
        denoise: How much of the way is gone; less starts further down.
    """
    import torch

    from diffusion.samplers.registry import find_sampler
    from diffusion.span import Span

    # Samplers that want one level fewer get it from KSampler only: here nobody knows the sampler.
    levels = model.parameterisation.levels
    sigmas = Span(steps, denoise).sigmas(scheduler, levels, find_sampler("euler"))
    return torch.tensor(sigmas)


@node("KarrasScheduler", category=_CATEGORY)
def karras_scheduler(
    steps: Steps = 20,
    sigma_max: Level = 14.614642,
    sigma_min: Level = 0.0291675,
    rho: Annotated[float, Float(0.0, 100.0, step=0.01, round=False)] = 7.0,
) -> Sigmas:
    """Noise levels whose rho-th roots are evenly spaced, and 0.

    Args:
        steps: How many steps.
        sigma_max: The first level.
        sigma_min: The last one above 0.
        rho: The degree of the root; more spends more steps on low noise.
    """
    from diffusion.ramps import closed, karras

    return closed(karras(sigma_max, sigma_min, steps, rho=rho))


@node("ExponentialScheduler", category=_CATEGORY)
def exponential_scheduler(
    steps: Steps = 20, sigma_max: Level = 14.614642, sigma_min: Level = 0.0291675
) -> Sigmas:
    """Noise levels in equal ratios, and 0.

    Args:
        steps: How many steps.
        sigma_max: The first level.
        sigma_min: The last one above 0.
    """
    from diffusion.ramps import closed, exponential

    return closed(exponential(sigma_max, sigma_min, steps))


@node("PolyexponentialScheduler", category=_CATEGORY)
def polyexponential_scheduler(
    steps: Steps = 20,
    sigma_max: Level = 14.614642,
    sigma_min: Level = 0.0291675,
    rho: Annotated[float, Float(0.0, 100.0, step=0.01, round=False)] = 1.0,
) -> Sigmas:
    """Noise levels whose logarithm is a power of a line, and 0.

    Args:
        steps: How many steps.
        sigma_max: The first level.
        sigma_min: The last one above 0.
        rho: The power; more spends more steps on low noise.
    """
    from diffusion.ramps import closed, polyexponential

    return closed(polyexponential(sigma_max, sigma_min, steps, rho=rho))


@node("LaplaceScheduler", category=_CATEGORY)
def laplace_scheduler(
    steps: Steps = 20,
    sigma_max: Level = 14.614642,
    sigma_min: Level = 0.0291675,
    mu: Annotated[float, Float(-10.0, 10.0, step=0.1, round=False)] = 0.0,
    beta: Annotated[float, Float(0.0, 10.0, step=0.1, round=False)] = 0.5,
) -> Sigmas:
    """Noise levels bunched around one level, which is where most of the picture is decided.

    They are as many as `steps` and end at `sigma_min`, not at 0, as files expect.

    Args:
        steps: How many levels.
        sigma_max: The highest level.
        sigma_min: The lowest one.
        mu: Logarithm of the level around which they are bunched.
        beta: How far they are spread.
    """
    from diffusion.ramps import laplace

    return laplace(sigma_max, sigma_min, steps, mu=mu, beta=beta)


@node("VPScheduler", category=_CATEGORY)
def vp_scheduler(
    steps: Steps = 20,
    beta_d: Level = 19.9,
    beta_min: Level = 0.1,
    eps_s: Annotated[float, Float(0.0, 1.0, step=0.0001, round=False)] = 0.001,
) -> Sigmas:
    """Noise levels of a variance-preserving diffusion at even times, and 0.

    Args:
        steps: How many steps.
        beta_d: How fast its rate grows.
        beta_min: Its rate at the beginning.
        eps_s: The least time.
    """
    from diffusion.ramps import closed, variance_preserving

    return closed(variance_preserving(steps, beta_d=beta_d, beta_min=beta_min, least_time=eps_s))


@node("BetaSamplingScheduler", category=_CATEGORY)
def beta_sampling_scheduler(
    model: Model,
    steps: Steps = 20,
    alpha: Annotated[float, Float(0.0, 50.0, step=0.01, round=False)] = 0.6,
    beta: Annotated[float, Float(0.0, 50.0, step=0.01, round=False)] = 0.6,
) -> Sigmas:
    """Noise levels of a model as a beta distribution spreads them.

    Args:
        model: The model that they are for.
        steps: How many steps; where several round to the same level, fewer.
        alpha: Its first parameter; below 1 spends more steps on low noise.
        beta: Its second one; below 1 spends more steps on high noise.
    """
    import torch

    from diffusion.schedules import beta as spread

    if min(alpha, beta) <= 0.0:
        raise NodeInputError(
            f"inputs 'alpha' and 'beta' of a beta distribution lie above 0, but {alpha} and {beta} "
            "came"
        )
    return torch.tensor(spread(model.parameterisation.levels, steps, alpha=alpha, beta=beta))


@node("SDTurboScheduler", category=_CATEGORY)
def sd_turbo_scheduler(
    model: Model, steps: Annotated[int, Int(1, 10)] = 1, denoise: Denoise = 1.0
) -> Sigmas:
    """The noise levels that SD Turbo and SDXL Turbo were made for.

    Args:
        model: The model that they are for.
        steps: How many of its ten steps.
        denoise: How much of the way is gone; less leaves out the first of the ten.
    """
    import torch

    from diffusion.schedules import distilled

    return torch.tensor(distilled(model.parameterisation.levels, steps, denoise))


@node("AlignYourStepsScheduler", category=_CATEGORY)
def align_your_steps_scheduler(
    model_type: Annotated[str, Combo(("SD1", "SDXL", "SVD"))],
    steps: Steps = 10,
    denoise: Denoise = 1.0,
) -> Sigmas:
    """Noise levels that were found to waste least, published for 10 steps and interpolated.

    Args:
        model_type: The family that they are for.
        steps: How many steps.
        denoise: How much of the way is gone; less leaves out the first steps.
    """
    from diffusion.ramps import aligned

    return _last_steps(aligned(model_type, steps), round(steps * denoise))


def _last_steps(sigmas: "Tensor", steps: int) -> "Tensor":
    return sigmas[len(sigmas) - 1 - steps :] if steps else sigmas[:0]
