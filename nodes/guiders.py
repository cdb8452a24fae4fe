"""Nodes that say which prompts guide a model, and how strongly."""

from typing import Annotated

from graph.decorator import node
from graph.sockets import Combo, Float
from nodes.types import Conditioning, Guider, Model

_CATEGORY = "sampling/custom_sampling/guiders"

Cfg = Annotated[float, Float(0.0, 100.0, step=0.1, round=0.01)]


@node("BasicGuider", category=_CATEGORY)
def basic_guider(model: Model, conditioning: Conditioning) -> Guider:
    """Follow one prompt, and no other.

    Args:
        model: The model that denoises.
        conditioning: What the picture should show.
    """
    from diffusion.custom_sampling import guided
    from diffusion.formulas import ClassifierFree

    return guided(model, ClassifierFree(1.0), positive=conditioning)


@node("CFGGuider", category=_CATEGORY)
def cfg_guider(
    model: Model, positive: Conditioning, negative: Conditioning, cfg: Cfg = 8.0
) -> Guider:
    """Follow a prompt and stay away from another (classifier-free guidance).

    Args:
        model: The model that denoises.
        positive: What the picture should show.
        negative: What it should not show.
        cfg: How strongly; 1 leaves the negative prompt out.
    """
    from diffusion.custom_sampling import guided
    from diffusion.formulas import ClassifierFree

    return guided(model, ClassifierFree(cfg), positive=positive, negative=negative)


@node("DualCFGGuider", category=_CATEGORY)
def dual_cfg_guider(
    model: Model,
    cond1: Conditioning,
    cond2: Conditioning,
    negative: Conditioning,
    cfg_conds: Cfg = 8.0,
    cfg_cond2_negative: Cfg = 8.0,
    *,
    style: Annotated[str, Combo(("regular", "nested"))],
) -> Guider:
    """Follow two prompts, each with a scale of its own.

    Args:
        model: The model that denoises.
        cond1: The first prompt.
        cond2: The second one.
        negative: What the picture should not show.
        cfg_conds: How strongly the first is followed beyond the second.
        cfg_cond2_negative: How strongly the second is followed beyond the negative one.
        style: Add both up, or guide with the second scale what the first one made.
    """
    from diffusion.custom_sampling import guided
    from diffusion.formulas import DualClassifierFree

    formula = DualClassifierFree(cfg_conds, cfg_cond2_negative, nested=style == "nested")
    return guided(model, formula, positive=cond1, middle=cond2, negative=negative)


@node("PerpNegGuider", category="_for_testing", experimental=True)
def perp_neg_guider(
    model: Model,
    positive: Conditioning,
    negative: Conditioning,
    empty_conditioning: Conditioning,
    cfg: Cfg = 8.0,
    neg_scale: Annotated[float, Float(0.0, 100.0, step=0.01)] = 1.0,
) -> Guider:
    """Stay away from a negative prompt only in what the positive one does not say, too.

    Args:
        model: The model that denoises.
        positive: What the picture should show.
        negative: What it should not show.
        empty_conditioning: A prompt that says nothing.
        cfg: How strongly the prompts are followed.
        neg_scale: How much the negative one counts.
    """
    from diffusion.custom_sampling import guided
    from diffusion.formulas import PerpendicularNegative

    formula = PerpendicularNegative(cfg, neg_scale)
    return guided(model, formula, positive=positive, negative=negative, empty=empty_conditioning)
