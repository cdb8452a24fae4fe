"""Masks combined, cropped and feathered. All are float32 [B, H, W] in 0..1.

Nothing here changes what it is given.
"""

from typing import Literal, get_args

from torch import Tensor

from diffusion.batches import as_masks, same_length
from diffusion.compositing import Overlap, ramps
from diffusion.errors import DiffusionError
from diffusion.suggest import closest

MaskOperation = Literal["multiply", "add", "subtract", "and", "or", "xor"]
MASK_OPERATIONS: tuple[MaskOperation, ...] = get_args(MaskOperation)


def combine(destination: Tensor, source: Tensor, left: int, top: int, operation: str) -> Tensor:
    """Lay one mask on another.

    Args:
        destination: [B, H, W].
        source: [B', h, w].
        left: Where the source's left edge goes.
        top: Where its upper edge goes.
        operation: One of `MASK_OPERATIONS`; `and`, `or` and `xor` see values above one half as 1.

    Returns:
        [max(B, B'), H, W] in 0..1; where the source does not lie, the destination.

    Raises:
        DiffusionError: There is no such operation, or something is no mask.
    """
    below, above = same_length(as_masks(destination), as_masks(source))
    seen = Overlap.of(below, above, left, top)
    combined = below.clone()
    area = (..., *seen.on_destination)
    combined[area] = _combined(below[area], above[(..., *seen.of_source)], operation)
    return combined.clamp(0.0, 1.0)


def _combined(below: Tensor, above: Tensor, operation: str) -> Tensor:
    match operation:
        case "multiply":
            return below * above
        case "add":
            return below + above
        case "subtract":
            return below - above
    one, other = below > 0.5, above > 0.5
    match operation:
        case "and":
            return (one & other).float()
        case "or":
            return (one | other).float()
        case "xor":
            return (one ^ other).float()
    raise DiffusionError(
        f"Unknown way to combine masks '{operation}'{closest(operation, MASK_OPERATIONS)}."
    )


def feather(mask: Tensor, left: int, top: int, right: int, bottom: int) -> Tensor:
    """Fade masks out towards their edges.

    Args:
        mask: MASK.
        left: Width of the fade in pixels, the mask's own at most.
        top: Likewise.
        right: Likewise.
        bottom: Likewise.
    """
    masks = as_masks(mask)
    height, width = masks.shape[-2:]
    return ramps(masks, min(left, width), min(top, height), min(right, width), min(bottom, height))


def crop_area(
    x: Tensor, left: int, top: int, width: int, height: int, *, least: int = 1
) -> tuple[slice, slice]:
    """Choose the rows and columns of an area, what is outside cut off.

    Args:
        x: [..., H, W].
        left: Its left edge; moved so that at least `least` columns of x are in it.
        top: Its upper edge; moved likewise.
        width: Its width.
        height: Its height.
        least: In pixels; less where x is smaller.
    """
    top = max(0, min(top, x.shape[-2] - least))
    left = max(0, min(left, x.shape[-1] - least))
    return slice(top, top + height), slice(left, left + width)
