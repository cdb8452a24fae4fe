"""Nodes between masks and pictures.

A picture's alpha is 1 where it can be seen, a mask 1 where the picture is transparent.
"""

from typing import Annotated

from graph.context import NodeContext
from graph.decorator import node
from graph.result import NodeOutput
from graph.sockets import Combo, Int
from nodes.checks import blaming
from nodes.image_files import preview_image
from nodes.incoming import masks, pictures
from nodes.outputs import ExtraPngInfo, Prompt
from nodes.types import Image, Mask


@node("MaskToImage", category="mask", display_name="Convert Mask to Image")
def mask_to_image(mask: Mask) -> Image:
    """Make grey pictures of masks.

    Args:
        mask: The masks.
    """
    return masks(mask, "mask")[..., None].repeat(1, 1, 1, 3)


@node("ImageToMask", category="mask", display_name="Convert Image to Mask")
def image_to_mask(
    image: Image, channel: Annotated[str, Combo(("red", "green", "blue", "alpha"))]
) -> Mask:
    """Make masks of one channel of pictures.

    Args:
        image: The pictures.
        channel: Which one; alpha only where the pictures have it.
    """
    from diffusion.channels import channel_mask

    with blaming("image"):
        return channel_mask(image, channel)


@node("ImageColorToMask", category="mask", display_name="ImageColorToMask")
def image_color_to_mask(
    image: Image, color: Annotated[int, Int(0, 0xFFFFFF, step=1, display="color")] = 0
) -> Mask:
    """Mark the pixels of exactly one colour.

    Args:
        image: The pictures.
        color: Red, green and blue as 0xRRGGBB.
    """
    from diffusion.channels import colour_mask

    with blaming("image"):
        return colour_mask(image, color)


@node("JoinImageWithAlpha", category="mask/compositing", display_name="Join Image with Alpha")
def join_image_with_alpha(image: Image, alpha: Mask) -> Image:
    """Make pictures transparent where a mask is white.

    Args:
        image: The pictures; transparency that they have is replaced.
        alpha: The mask, brought to their size.
    """
    from diffusion.batches import fit_masks
    from diffusion.channels import join_alpha

    height, width = pictures(image, "image").shape[1:3]
    return join_alpha(image, fit_masks(masks(alpha, "alpha"), width, height))


@node("SplitImageWithAlpha", category="mask/compositing", display_name="Split Image with Alpha")
def split_image_with_alpha(image: Image) -> tuple[Image, Mask]:
    """Take pictures and their transparency apart.

    The mask is white where a picture is transparent, and black all over where it cannot be.

    Args:
        image: The pictures.
    """
    import torch

    colours = pictures(image, "image")[..., :3].clone()
    if image.shape[-1] == 4:
        return colours, 1.0 - image[..., 3]
    return colours, torch.zeros(image.shape[:3])


@node("MaskPreview", category="mask", display_name="MaskPreview", output_node=True)
def mask_preview(
    ctx: NodeContext,
    mask: Mask,
    *,
    prompt: Prompt = None,
    extra_pnginfo: ExtraPngInfo = None,
) -> NodeOutput:
    """Show masks without keeping them: they are saved in the temporary folder.

    Args:
        ctx: What the engine offers.
        mask: The masks.
        prompt: The run's workflow in API format.
        extra_pnginfo: What else goes into the file.
    """
    shown = mask_to_image(mask)
    return preview_image(ctx, shown, prompt=prompt, extra_pnginfo=extra_pnginfo)
