"""Nodes that say where in the picture, when and how much a prompt counts."""

from typing import Annotated

from graph.context import NodeContext
from graph.decorator import node
from graph.sockets import Combo, Float, Int
from nodes.incoming import masks
from nodes.types import Conditioning, Mask

# Pixels along a side of a latent cell, in which areas are counted.
_CELL = 8
_MASK_BOUNDS = "mask bounds"

Share = Annotated[float, Float(0.0, 1.0, step=0.01)]
Strength = Annotated[float, Float(0.0, 10.0, step=0.01)]
Side = Annotated[int, Int(64, 16384, step=8)]
Place = Annotated[int, Int(0, 16384, step=8)]
MaskArea = Annotated[str, Combo(("default", _MASK_BOUNDS))]


@node("ConditioningSetArea", category="conditioning", display_name="Conditioning (Set Area)")
def conditioning_set_area(
    conditioning: Conditioning,
    width: Side = 64,
    height: Side = 64,
    x: Place = 0,
    y: Place = 0,
    strength: Strength = 1.0,
) -> Conditioning:
    """Let a prompt count in one rectangle of the picture.

    Args:
        conditioning: The prompt.
        width: In pixels.
        height: In pixels.
        x: Of the left side, in pixels.
        y: Of the upper side, in pixels.
        strength: How much it counts among the other prompts there.
    """
    from diffusion.conditioning_edits import with_options

    area = (height // _CELL, width // _CELL, y // _CELL, x // _CELL)
    return with_options(conditioning, area=area, strength=strength, set_area_to_bounds=False)


@node(
    "ConditioningSetAreaPercentage",
    category="conditioning",
    display_name="Conditioning (Set Area with Percentage)",
)
def conditioning_set_area_percentage(
    conditioning: Conditioning,
    width: Share = 1.0,
    height: Share = 1.0,
    x: Share = 0.0,
    y: Share = 0.0,
    strength: Strength = 1.0,
) -> Conditioning:
    """Let a prompt count in one rectangle, given in shares of the picture's sides.

    Args:
        conditioning: The prompt.
        width: Of the rectangle.
        height: Of the rectangle.
        x: Of its left side.
        y: Of its upper side.
        strength: How much it counts among the other prompts there.
    """
    from diffusion.conditioning_edits import with_options

    area = ("percentage", height, width, y, x)
    return with_options(conditioning, area=area, strength=strength, set_area_to_bounds=False)


@node("ConditioningSetAreaStrength", category="conditioning")
def conditioning_set_area_strength(
    conditioning: Conditioning, strength: Strength = 1.0
) -> Conditioning:
    """Change how much a prompt counts among others.

    Args:
        conditioning: The prompt.
        strength: 0 leaves it out.
    """
    from diffusion.conditioning_edits import with_options

    return with_options(conditioning, strength=strength)


@node("ConditioningSetMask", category="conditioning", display_name="Conditioning (Set Mask)")
def conditioning_set_mask(
    conditioning: Conditioning,
    mask: Mask,
    strength: Strength = 1.0,
    *,
    set_cond_area: MaskArea,
) -> Conditioning:
    """Let a prompt count where a mask is white.

    Args:
        conditioning: The prompt.
        mask: Of any size, over the whole picture.
        strength: How much it counts among the other prompts there.
        set_cond_area: Whether the model sees the whole picture meanwhile, or only the rectangle
            around the mask.
    """
    return masked(conditioning, mask, strength, set_cond_area)


@node("ConditioningSetTimestepRange", category="advanced/conditioning")
def conditioning_set_timestep_range(
    ctx: NodeContext,
    conditioning: Conditioning,
    start: Annotated[float, Float(0.0, 1.0, step=0.001)] = 0.0,
    end: Annotated[float, Float(0.0, 1.0, step=0.001)] = 1.0,
) -> Conditioning:
    """Let a prompt count for part of the way from noise to picture.

    Args:
        ctx: What the engine offers.
        conditioning: The prompt.
        start: 0 is pure noise.
        end: 1 is the finished picture.
    """
    return timed(ctx, conditioning, start, end)


def masked(
    conditioning: Conditioning, mask: Mask, strength: float, set_cond_area: str
) -> Conditioning:
    """Say where a prompt counts.

    Args:
        conditioning: The prompt.
        mask: A MASK.
        strength: How much it counts there.
        set_cond_area: One of the choices of `MaskArea`.

    Raises:
        NodeInputError: The mask is none.
    """
    from diffusion.conditioning_edits import with_options

    return with_options(
        conditioning,
        mask=masks(mask, "mask"),
        set_area_to_bounds=set_cond_area == _MASK_BOUNDS,
        mask_strength=strength,
    )


def timed(ctx: NodeContext, conditioning: Conditioning, start: float, end: float) -> Conditioning:
    """Say when a prompt counts; warn where that is never."""
    from diffusion.conditioning_edits import with_options

    if start > end:
        ctx.warn(
            f"the prompt never counts, because its start ({start:g}) is after its end ({end:g}): "
            "exchange them"
        )
    return with_options(conditioning, start_percent=start, end_percent=end)
