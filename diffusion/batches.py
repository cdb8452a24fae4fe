"""Batches brought to one length and one shape, so that two of them can be combined item by item.

Pictures are IMAGE [B, H, W, C], masks [B, H, W], latents [B, C, h, w]; the batch is always first.
Nothing here changes what it is given.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.resize import crop_to_aspect, resize


def repeat_to(x: Tensor, length: int) -> Tensor:
    """Bring a batch to a length: a short one begins again, a long one is cut.

    Args:
        x: [B, …], B at least 1.
        length: At least 1.

    Returns:
        [length, …]; x itself where that is its length.

    Raises:
        DiffusionError: The batch is empty.
    """
    if len(x) == length:
        return x
    if len(x) == 0:
        raise DiffusionError(f"a batch of at least 1 item is needed, but {list(x.shape)} came")
    repeats = -(-length // len(x))
    return x.repeat(repeats, *[1] * (x.ndim - 1))[:length]


def same_length(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Bring two batches to the length of the longer one."""
    length = max(len(first), len(second))
    return repeat_to(first, length), repeat_to(second, length)


def repeat_places(places: Sequence[int], times: int) -> list[int]:
    """Number the items of a batch that is repeated, so that each copy has noise of its own.

    Args:
        places: Each item's place in the batch that it was taken from.
        times: At least 1.

    Returns:
        The places, and for every further copy the same ones behind all of those before.
    """
    stride = max(places) - min(places) + 1
    return [place + copy * stride for copy in range(times) for place in places]


def as_masks(mask: Tensor) -> Tensor:
    """Read a MASK in any of its forms: [H, W], [B, H, W], [B, 1, H, W].

    Returns:
        [B, H, W] float32, a view where it can be.

    Raises:
        DiffusionError: It has another shape, or nothing in it.
    """
    fits = mask.ndim in (2, 3) or (mask.ndim == 4 and mask.shape[1] == 1)
    if not fits or mask.numel() == 0:
        raise DiffusionError(
            f"a mask has shape [batch, height, width], but {list(mask.shape)} came: "
            "connect a MASK output"
        )
    return mask.reshape(-1, *mask.shape[-2:]).float()


def as_images(image: Tensor) -> Tensor:
    """Check an IMAGE.

    Raises:
        DiffusionError: It is not [B, H, W, C], or has nothing in it.
    """
    if image.ndim != 4 or image.numel() == 0:
        raise DiffusionError(
            f"pictures have shape [batch, height, width, channels], but {list(image.shape)} came: "
            "connect an IMAGE output"
        )
    return image


def as_latents(samples: Tensor) -> Tensor:
    """Check the samples of a LATENT.

    Raises:
        DiffusionError: They are not [B, C, h, w], or there are none.
    """
    if samples.ndim != 4 or samples.numel() == 0:
        raise DiffusionError(
            "latents have shape [batch, channels, height, width], but "
            f"{list(samples.shape)} came: connect a LATENT output"
        )
    return samples


def fit_masks(mask: Tensor, width: int, height: int) -> Tensor:
    """Resize masks bilinearly.

    Args:
        mask: In any form that `as_masks` reads.
        width: New width.
        height: New height.

    Returns:
        [B, height, width] float32.
    """
    masks = as_masks(mask)
    if masks.shape[-2:] == (height, width):
        return masks
    return resize(masks[:, None], width, height, "bilinear")[:, 0]


def fit_images(image: Tensor, like: Tensor, method: str) -> Tensor:
    """Resize pictures to the size of others; what does not fit their shape is cut off evenly.

    Args:
        image: IMAGE.
        like: IMAGE.
        method: As `resize` knows them.
    """
    return _fit(as_images(image).movedim(-1, 1), like.shape[2], like.shape[1], method).movedim(
        1, -1
    )


def fit_latents(x: Tensor, like: Tensor, method: str) -> Tensor:
    """Resize latents to the size of others; what does not fit their shape is cut off evenly.

    Args:
        x: [B, C, h, w].
        like: [B', C', h', w'].
        method: As `resize` knows them.

    Raises:
        DiffusionError: They are latents of two kinds.
    """
    require_same_kind(like, x)
    return _fit(x, like.shape[-1], like.shape[-2], method)


def _fit(x: Tensor, width: int, height: int, method: str) -> Tensor:
    if x.shape[-2:] == (height, width):
        return x
    return resize(crop_to_aspect(x, width, height), width, height, method)


def require_same_kind(first: Tensor, second: Tensor) -> None:
    """Check that two batches of latents, [B, C, h, w], are of models of one family.

    Raises:
        DiffusionError: They have not the same C.
    """
    if first.shape[1] != second.shape[1]:
        raise DiffusionError(
            f"latents of {first.shape[1]} channels were expected, as those to combine them with "
            f"have, but these have {second.shape[1]}: make both with models of one family"
        )


def same_channels(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Give a picture without alpha an opaque one where the other has it, and greys their colours.

    Args:
        first: IMAGE with 1, 3 or 4 channels.
        second: IMAGE likewise.
    """
    channels = max(as_images(first).shape[-1], as_images(second).shape[-1])
    return _with_channels(first, channels), _with_channels(second, channels)


def _with_channels(image: Tensor, channels: int) -> Tensor:
    if image.shape[-1] == channels:
        return image
    colours = image.expand(*image.shape[:3], 3) if image.shape[-1] == 1 else image
    missing = channels - colours.shape[-1]
    return torch.cat((colours, colours.new_ones(*colours.shape[:3], missing)), dim=-1)
