"""Nodes that say several things of a prompt at once."""

# ruff: noqa: N803 - workflows call the inputs so

from typing import TYPE_CHECKING, Annotated, TypeAlias

from graph.context import NodeContext
from graph.decorator import node
from graph.errors import NodeInputError
from graph.sockets import Float, Socket
from nodes.conditioning_areas import MaskArea, Strength, masked, timed
from nodes.types import Conditioning, Mask

if TYPE_CHECKING:
    TimestepsRange: TypeAlias = tuple[float, float]
    Hooks: TypeAlias = object
else:
    TimestepsRange = Annotated[object, Socket("TIMESTEPS_RANGE")]
    Hooks = Annotated[object, Socket("HOOKS")]

_CATEGORY = "advanced/hooks/cond single"

Percent = Annotated[float, Float(0.0, 1.0, step=0.001)]


@node(
    "ConditioningTimestepsRange",
    category="advanced/hooks",
    display_name="Timesteps Range",
    output_names=("TIMESTEPS_RANGE", "BEFORE_RANGE", "AFTER_RANGE"),
    experimental=True,
)
def conditioning_timesteps_range(
    start_percent: Percent = 0.0, end_percent: Percent = 1.0
) -> tuple[TimestepsRange, TimestepsRange, TimestepsRange]:
    """Name part of the way from noise to picture, and what is before and after it.

    Args:
        start_percent: 0 is pure noise.
        end_percent: 1 is the finished picture.
    """
    return (start_percent, end_percent), (0.0, start_percent), (end_percent, 1.0)


@node(
    "ConditioningSetProperties",
    category=_CATEGORY,
    display_name="Cond Set Props",
    experimental=True,
)
def conditioning_set_properties(
    ctx: NodeContext,
    cond_NEW: Conditioning,
    strength: Strength = 1.0,
    *,
    set_cond_area: MaskArea,
    mask: Mask | None = None,
    hooks: Hooks | None = None,
    timesteps: TimestepsRange | None = None,
) -> Conditioning:
    """Say where and when a prompt counts.

    Args:
        ctx: What the engine offers.
        cond_NEW: The prompt.
        strength: How much it counts where the mask is white.
        set_cond_area: Whether the model sees the whole picture meanwhile, or only the rectangle
            around the mask.
        mask: Where it counts.
        hooks: Not supported so far.
        timesteps: When it counts.
    """
    return said(ctx, cond_NEW, strength, set_cond_area, mask, hooks, timesteps)


@node(
    "ConditioningSetPropertiesAndCombine",
    category=_CATEGORY,
    display_name="Cond Set Props Combine",
    experimental=True,
)
def conditioning_set_properties_and_combine(
    ctx: NodeContext,
    cond: Conditioning,
    cond_NEW: Conditioning,
    strength: Strength = 1.0,
    *,
    set_cond_area: MaskArea,
    mask: Mask | None = None,
    hooks: Hooks | None = None,
    timesteps: TimestepsRange | None = None,
) -> Conditioning:
    """Say where and when a prompt counts, and follow it beside others.

    Args:
        ctx: What the engine offers.
        cond: The others.
        cond_NEW: The prompt.
        strength: How much it counts where the mask is white.
        set_cond_area: Whether the model sees the whole picture meanwhile, or only the rectangle
            around the mask.
        mask: Where it counts.
        hooks: Not supported so far.
        timesteps: When it counts.
    """
    return [*cond, *said(ctx, cond_NEW, strength, set_cond_area, mask, hooks, timesteps)]


@node(
    "ConditioningSetDefaultCombine",
    category=_CATEGORY,
    display_name="Cond Set Default Combine",
    experimental=True,
)
def conditioning_set_default_combine(
    cond: Conditioning, cond_DEFAULT: Conditioning, hooks: Hooks | None = None
) -> Conditioning:
    """Follow a prompt wherever others leave room.

    Args:
        cond: The others.
        cond_DEFAULT: The prompt that fills what their areas, masks and times leave.
        hooks: Not supported so far.
    """
    return [*cond, *as_default(cond_DEFAULT, hooks)]


def said(
    ctx: NodeContext,
    conditioning: Conditioning,
    strength: float,
    set_cond_area: str,
    mask: Mask | None,
    hooks: Hooks | None,
    timesteps: TimestepsRange | None,
) -> Conditioning:
    """Say where and when a prompt counts, as the inputs of these nodes tell."""
    _refuse(hooks)
    if mask is not None:
        conditioning = masked(conditioning, mask, strength, set_cond_area)
    if timesteps is not None:
        conditioning = timed(ctx, conditioning, *timesteps)
    return conditioning


def as_default(conditioning: Conditioning, hooks: Hooks | None) -> Conditioning:
    """Let a prompt fill what others leave."""
    from diffusion.conditioning_edits import with_options

    _refuse(hooks)
    return with_options(conditioning, default=True)


def _refuse(hooks: Hooks | None) -> None:
    if hooks is not None:
        raise NodeInputError(
            "input 'hooks': weights that change while a picture is made are not supported so far; "
            "leave it unconnected"
        )
