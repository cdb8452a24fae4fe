"""Nodes that make masks and change them. A mask is 1 where something is to be done."""

from typing import Annotated

from graph.decorator import node
from graph.sockets import Boolean, Combo, Float, Int
from nodes.incoming import masks
from nodes.types import Mask

OPERATIONS = ("multiply", "add", "subtract", "and", "or", "xor")


@node("SolidMask", category="mask", display_name="SolidMask")
def solid_mask(
    value: Annotated[float, Float(0.0, 1.0, step=0.01)] = 1.0,
    width: Annotated[int, Int(1, 16384, step=1)] = 512,
    height: Annotated[int, Int(1, 16384, step=1)] = 512,
) -> Mask:
    """Make a mask that is the same all over.

    Args:
        value: From 0, black, to 1, white.
        width: In pixels.
        height: In pixels.
    """
    import torch

    return torch.full((1, height, width), value)


@node("InvertMask", category="mask", display_name="InvertMask")
def invert_mask(mask: Mask) -> Mask:
    """Make white of black and black of white.

    Args:
        mask: The mask.
    """
    return 1.0 - masks(mask, "mask")


@node("CropMask", category="mask", display_name="CropMask")
def crop_mask(
    mask: Mask,
    x: Annotated[int, Int(0, 16384, step=1)] = 0,
    y: Annotated[int, Int(0, 16384, step=1)] = 0,
    width: Annotated[int, Int(1, 16384, step=1)] = 512,
    height: Annotated[int, Int(1, 16384, step=1)] = 512,
) -> Mask:
    """Cut an area out of masks; what of it lies outside is left out.

    Args:
        mask: The masks.
        x: The area's left edge; beyond the mask, its last column.
        y: The area's upper edge; beyond the mask, its last row.
        width: Of the area, in pixels.
        height: Of the area, in pixels.
    """
    from diffusion.mask_edits import crop_area

    whole = masks(mask, "mask")
    return whole[(..., *crop_area(whole, x, y, width, height))].clone()


@node("MaskComposite", category="mask", display_name="MaskComposite")
def mask_composite(
    destination: Mask,
    source: Mask,
    x: Annotated[int, Int(0, 16384, step=1)] = 0,
    y: Annotated[int, Int(0, 16384, step=1)] = 0,
    *,
    operation: Annotated[str, Combo(OPERATIONS)],
) -> Mask:
    """Lay one mask on another; what reaches beyond it is cut off.

    Args:
        destination: What is below; its size is kept.
        source: What is laid on it.
        x: The source's left edge.
        y: Its upper edge.
        operation: What is made of the two where they meet; and, or and xor take more than one
            half for white.
    """
    from diffusion.mask_edits import combine

    return combine(masks(destination, "destination"), masks(source, "source"), x, y, operation)


@node("FeatherMask", category="mask", display_name="FeatherMask")
def feather_mask(
    mask: Mask,
    left: Annotated[int, Int(0, 16384, step=1)] = 0,
    top: Annotated[int, Int(0, 16384, step=1)] = 0,
    right: Annotated[int, Int(0, 16384, step=1)] = 0,
    bottom: Annotated[int, Int(0, 16384, step=1)] = 0,
) -> Mask:
    """Fade masks out towards their edges.

    Args:
        mask: The masks.
        left: Width of the fade on the left, in pixels.
        top: Likewise above.
        right: Likewise on the right.
        bottom: Likewise below.
    """
    from diffusion.mask_edits import feather

    return feather(masks(mask, "mask"), left, top, right, bottom)


@node("GrowMask", category="mask", display_name="GrowMask")
def grow_mask(
    mask: Mask,
    expand: Annotated[int, Int(-16384, 16384, step=1)] = 0,
    tapered_corners: Annotated[bool, Boolean()] = True,
) -> Mask:
    """Make the white of masks larger or smaller.

    Args:
        mask: The masks.
        expand: By how many pixels; less than 0 makes it smaller.
        tapered_corners: Whether corners are cut off, rather than square.
    """
    from diffusion.morphology import grow

    return grow(masks(mask, "mask"), expand, tapered=tapered_corners)


@node("ThresholdMask", category="mask", display_name="ThresholdMask")
def threshold_mask(mask: Mask, value: Annotated[float, Float(0.0, 1.0, step=0.01)] = 0.5) -> Mask:
    """Make masks black and white.

    Args:
        mask: The masks.
        value: What is above it becomes white.
    """
    return (masks(mask, "mask") > value).float()
