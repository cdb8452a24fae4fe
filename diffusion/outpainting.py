"""Pictures and masks made ready for painting in what is missing.

Masks are 1 where something is to be painted.
"""

import torch
from torch import Tensor
from torch.nn import functional

from diffusion.batches import as_images, fit_masks, repeat_to
from diffusion.morphology import dilate_by_box

_GREY = 0.5


def pad(image: Tensor, left: int, top: int, right: int, bottom: int) -> Tensor:
    """Surround pictures with grey.

    Args:
        image: IMAGE [B, H, W, C].
        left: Pixels to add.
        top: Likewise.
        right: Likewise.
        bottom: Likewise.

    Returns:
        IMAGE [B, top + H + bottom, left + W + right, C].
    """
    return functional.pad(as_images(image), (0, 0, left, right, top, bottom), value=_GREY)


def padding_mask(
    width: int,
    height: int,
    *,
    left: int,
    top: int,
    right: int,
    bottom: int,
    feathering: int,
) -> Tensor:
    """Mark what `pad` added, reaching softly into the picture from the sides that were padded.

    A pixel of the picture, d < f pixels from such a side, gets (1 − d / f)², where f is the
    feathering. There is none if two fades would not fit into the picture side by side.

    Args:
        width: Of the picture before.
        height: Of the picture before.
        left: Pixels added.
        top: Likewise.
        right: Likewise.
        bottom: Likewise.
        feathering: Width of the fade in pixels.

    Returns:
        MASK [1, top + height + bottom, left + width + right].
    """
    inside = torch.zeros(height, width)
    if 0 < 2 * feathering < min(width, height):
        across = _distances(width, left > 0, right > 0, feathering)
        down = _distances(height, top > 0, bottom > 0, feathering)
        distance = torch.minimum(down[:, None], across[None, :])
        inside = (1.0 - distance / feathering).square()
    return functional.pad(inside[None], (left, right, top, bottom), value=1.0)


def _distances(size: int, from_start: bool, from_end: bool, most: int) -> Tensor:
    """From each pixel of a line to its nearer padded end: 0, 1, … and …, 2, 1; `most` at most."""
    place = torch.arange(size)
    nearest = torch.full((size,), most)
    if from_start:
        nearest = torch.minimum(nearest, place)
    if from_end:
        nearest = torch.minimum(nearest, size - place)
    return nearest


def blank_masked(image: Tensor, mask: Tensor, factor: int, grow_by: int) -> tuple[Tensor, Tensor]:
    """Grey out what is to be painted, so that an autoencoder sees nothing of it.

    Args:
        image: IMAGE; its sides are cropped evenly to multiples of the factor.
        mask: MASK of any size; what is above one half counts.
        factor: Pixels along a side of one latent element.
        grow_by: Width in pixels of the box that the noise mask is grown by, for a seamless edge.

    Returns:
        The picture, greyed, and the mask for the noise [B, H, W], of zeros and ones.
    """
    image, marked = _cropped(image, mask, factor)
    marked = marked.round()
    return _greyed(image, marked), dilate_by_box(marked, grow_by)


def hide_masked(image: Tensor, mask: Tensor, factor: int) -> tuple[Tensor, Tensor]:
    """Grey out what is to be painted, for models that are shown the rest.

    Args:
        image: IMAGE; its sides are cropped evenly to multiples of the factor.
        mask: MASK of any size; what is above one half is hidden.
        factor: Pixels along a side of one latent element.

    Returns:
        The picture, greyed, and the mask as it is, both cropped.
    """
    image, marked = _cropped(image, mask, factor)
    return _greyed(image, marked.round()), marked


def _cropped(image: Tensor, mask: Tensor, factor: int) -> tuple[Tensor, Tensor]:
    """Bring a mask to a picture's size, and both to multiples of the factor."""
    image = as_images(image)
    marked = fit_masks(mask, image.shape[2], image.shape[1])
    for axis in (1, 2):
        size = image.shape[axis]
        crop = ((size % factor) // 2, size // factor * factor)
        image, marked = image.narrow(axis, *crop), marked.narrow(axis, *crop)
    return image, marked


def _greyed(image: Tensor, marked: Tensor) -> Tensor:
    hidden = repeat_to(marked, len(image)).to(image)[..., None]
    return torch.lerp(image, torch.full_like(image, _GREY), hidden)
