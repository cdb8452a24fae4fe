"""Nodes that do to a positive and a negative prompt what others do to one."""

# ruff: noqa: N803 - workflows call the inputs so

from graph.context import NodeContext
from graph.decorator import node
from nodes.conditioning_areas import MaskArea, Strength
from nodes.conditioning_properties import Hooks, TimestepsRange, as_default, said
from nodes.types import Conditioning, Mask

_CATEGORY = "advanced/hooks/cond pair"
_SIDES = ("positive", "negative")


@node(
    "PairConditioningSetProperties",
    category=_CATEGORY,
    display_name="Cond Pair Set Props",
    output_names=_SIDES,
    experimental=True,
)
def pair_conditioning_set_properties(
    ctx: NodeContext,
    positive_NEW: Conditioning,
    negative_NEW: Conditioning,
    strength: Strength = 1.0,
    *,
    set_cond_area: MaskArea,
    mask: Mask | None = None,
    hooks: Hooks | None = None,
    timesteps: TimestepsRange | None = None,
) -> tuple[Conditioning, Conditioning]:
    """Say where and when a positive and a negative prompt count.

    Args:
        ctx: What the engine offers.
        positive_NEW: What the picture should show.
        negative_NEW: What it should not.
        strength: How much they count where the mask is white.
        set_cond_area: Whether the model sees the whole picture meanwhile, or only the rectangle
            around the mask.
        mask: Where they count.
        hooks: Not supported so far.
        timesteps: When they count.
    """
    positive = said(ctx, positive_NEW, strength, set_cond_area, mask, hooks, timesteps)
    return positive, said(ctx, negative_NEW, strength, set_cond_area, mask, hooks, timesteps)


@node(
    "PairConditioningSetPropertiesAndCombine",
    category=_CATEGORY,
    display_name="Cond Pair Set Props Combine",
    output_names=_SIDES,
    experimental=True,
)
def pair_conditioning_set_properties_and_combine(
    ctx: NodeContext,
    positive: Conditioning,
    negative: Conditioning,
    positive_NEW: Conditioning,
    negative_NEW: Conditioning,
    strength: Strength = 1.0,
    *,
    set_cond_area: MaskArea,
    mask: Mask | None = None,
    hooks: Hooks | None = None,
    timesteps: TimestepsRange | None = None,
) -> tuple[Conditioning, Conditioning]:
    """Say where and when two prompts count, and follow them beside others.

    Args:
        ctx: What the engine offers.
        positive: The others that say what the picture should show.
        negative: The others that say what it should not.
        positive_NEW: What the picture should show.
        negative_NEW: What it should not.
        strength: How much they count where the mask is white.
        set_cond_area: Whether the model sees the whole picture meanwhile, or only the rectangle
            around the mask.
        mask: Where they count.
        hooks: Not supported so far.
        timesteps: When they count.
    """
    wanted = said(ctx, positive_NEW, strength, set_cond_area, mask, hooks, timesteps)
    unwanted = said(ctx, negative_NEW, strength, set_cond_area, mask, hooks, timesteps)
    return [*positive, *wanted], [*negative, *unwanted]


@node(
    "PairConditioningCombine",
    category=_CATEGORY,
    display_name="Cond Pair Combine",
    output_names=_SIDES,
    experimental=True,
)
def pair_conditioning_combine(
    positive_A: Conditioning,
    negative_A: Conditioning,
    positive_B: Conditioning,
    negative_B: Conditioning,
) -> tuple[Conditioning, Conditioning]:
    """Follow two pairs of prompts at once.

    Args:
        positive_A: What the picture should show.
        negative_A: What it should not.
        positive_B: What else it should show.
        negative_B: What else it should not.
    """
    return [*positive_A, *positive_B], [*negative_A, *negative_B]


@node(
    "PairConditioningSetDefaultCombine",
    category=_CATEGORY,
    display_name="Cond Pair Set Default Combine",
    output_names=_SIDES,
    experimental=True,
)
def pair_conditioning_set_default_combine(
    positive: Conditioning,
    negative: Conditioning,
    positive_DEFAULT: Conditioning,
    negative_DEFAULT: Conditioning,
    hooks: Hooks | None = None,
) -> tuple[Conditioning, Conditioning]:
    """Follow two prompts wherever others leave room.

    Args:
        positive: The others that say what the picture should show.
        negative: The others that say what it should not.
        positive_DEFAULT: What it should show where they leave room.
        negative_DEFAULT: What it should not show there.
        hooks: Not supported so far.
    """
    wanted = as_default(positive_DEFAULT, hooks)
    return [*positive, *wanted], [*negative, *as_default(negative_DEFAULT, hooks)]
