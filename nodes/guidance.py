"""Nodes that change how a model is guided by prompts, and by the masks of latents."""

from typing import Annotated

from graph.decorator import node
from graph.sockets import Float, Trait
from nodes.types import Conditioning, Model


@node("RescaleCFG", category="advanced/model")
def rescale_cfg(
    model: Model, multiplier: Annotated[float, Float(0.0, 1.0, step=0.01)] = 0.7
) -> Model:
    """Keep high guidance scales from over-exposing pictures.

    Args:
        model: The model.
        multiplier: 0 changes nothing; 1 gives each picture the contrast that the prompt alone does.
    """
    from diffusion.guidance_patches import RescaledGuidance

    return model.with_combination(RescaledGuidance(multiplier))


@node(
    "PerpNeg",
    category="_for_testing",
    display_name="Perp-Neg (DEPRECATED by PerpNegGuider)",
    deprecated=True,
    experimental=True,
)
def perp_neg(
    model: Model,
    empty_conditioning: Conditioning,
    neg_scale: Annotated[float, Float(0.0, 100.0, step=0.01)] = 1.0,
) -> Model:
    """Stay away from a negative prompt only where it differs from the positive one.

    Args:
        model: The model.
        empty_conditioning: No prompt, encoded.
        neg_scale: How much the negative prompt counts.
    """
    from diffusion.guidance_patches import PerpendicularGuidance

    return model.with_combination(PerpendicularGuidance(empty_conditioning, neg_scale))


@node(
    "SelfAttentionGuidance",
    category="_for_testing",
    display_name="Self-Attention Guidance",
    experimental=True,
)
def self_attention_guidance(
    model: Model,
    scale: Annotated[float, Float(-2.0, 5.0, step=0.01)] = 0.5,
    blur_sigma: Annotated[float, Float(0.0, 10.0, step=0.1)] = 2.0,
) -> Model:
    """Lead pictures away from blurred ones, for more detail; one pass more in each step.

    Args:
        model: The model.
        scale: How strongly; 0 changes nothing.
        blur_sigma: How far the blur reaches, in cells of 8 pixels.
    """
    from diffusion.guidance_patches import SelfAttentionGuidance

    return model.with_correction(SelfAttentionGuidance(scale, blur_sigma))


@node("PerturbedAttentionGuidance", category="model_patches/unet")
def perturbed_attention_guidance(
    model: Model, scale: Annotated[float, Float(0.0, 100.0, step=0.01, round=0.01)] = 3.0
) -> Model:
    """Lead pictures away from ones without structure; one pass more in each step.

    Args:
        model: The model.
        scale: How strongly; 0 changes nothing.
    """
    from diffusion.guidance_patches import PerturbedAttentionGuidance

    return model.with_correction(PerturbedAttentionGuidance(scale))


@node(
    "DifferentialDiffusion",
    category="_for_testing",
    display_name="Differential Diffusion",
    experimental=True,
)
def differential_diffusion(
    model: Model,
    strength: Annotated[float, Float(0.0, 1.0, step=0.01), Trait.OPTIONAL] = 1.0,
) -> Model:
    """Change each place of a picture as much as its mask is white, by when painting begins there.

    Args:
        model: The model.
        strength: 0 leaves masks as they are.
    """
    from diffusion.masks import Differential

    return model.with_mask_over_time(Differential(strength))
