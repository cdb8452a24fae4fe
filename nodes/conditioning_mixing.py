"""Nodes that put prompts together."""

from typing import Annotated

from graph.context import NodeContext
from graph.decorator import node
from graph.sockets import Float
from nodes.checks import blaming
from nodes.types import Conditioning


@node("ConditioningCombine", category="conditioning", display_name="Conditioning (Combine)")
def conditioning_combine(
    conditioning_1: Conditioning, conditioning_2: Conditioning
) -> Conditioning:
    """Follow two prompts at once: the picture is denoised under each, and the mean is taken.

    Args:
        conditioning_1: One prompt.
        conditioning_2: Another; areas, masks and strengths say how much each counts where.
    """
    return [*conditioning_1, *conditioning_2]


@node("ConditioningConcat", category="conditioning", display_name="Conditioning (Concat)")
def conditioning_concat(
    ctx: NodeContext, conditioning_to: Conditioning, conditioning_from: Conditioning
) -> Conditioning:
    """Put the words of one prompt behind another's, as one longer prompt.

    Args:
        ctx: What the engine offers.
        conditioning_to: This comes first.
        conditioning_from: This comes after it.
    """
    from diffusion.conditioning_edits import concatenated

    _warn_of_more(ctx, conditioning_from)
    with blaming("conditioning_from"):
        return concatenated(conditioning_to, conditioning_from)


@node("ConditioningAverage", category="conditioning")
def conditioning_average(
    ctx: NodeContext,
    conditioning_to: Conditioning,
    conditioning_from: Conditioning,
    conditioning_to_strength: Annotated[float, Float(0.0, 1.0, step=0.01)] = 1.0,
) -> Conditioning:
    """Mix the embeddings of two prompts into one between them.

    Args:
        ctx: What the engine offers.
        conditioning_to: One prompt.
        conditioning_from: Another.
        conditioning_to_strength: How much the first counts; the other has the rest of one.
    """
    from diffusion.conditioning_edits import averaged

    _warn_of_more(ctx, conditioning_from)
    with blaming("conditioning_from"):
        return averaged(conditioning_to, conditioning_from, conditioning_to_strength)


@node("ConditioningZeroOut", category="advanced/conditioning")
def conditioning_zero_out(conditioning: Conditioning) -> Conditioning:
    """Replace a prompt's embeddings by zeros, which some models take for no prompt at all.

    Args:
        conditioning: The prompt.
    """
    from diffusion.conditioning_edits import zeroed

    return zeroed(conditioning)


def _warn_of_more(ctx: NodeContext, conditioning: Conditioning) -> None:
    if len(conditioning) > 1:
        ctx.warn(
            f"'conditioning_from' holds {len(conditioning)} prompts, and only the first is used"
        )
