"""Gaussian blur, and its inverse for the eye: the unsharp mask.

Pictures are IMAGE [B, H, W, C]. Beyond its edges a picture goes on as in a mirror, the edge itself
not doubled.
"""

import torch
from torch import Tensor

from diffusion.taps import weigh

# The strength of sharpening that its unit stands for.
_SHARPENING = 10.0


def gaussian_blur(image: Tensor, radius: int, sigma: float) -> Tensor:
    """Blur pictures.

    Args:
        image: IMAGE.
        radius: Of the kernel, which is 2·radius + 1 pixels wide.
        sigma: Standard deviation, in units of the radius: at 1 the kernel ends one standard
            deviation from its centre.
    """
    weights = _kernel(radius, sigma)
    return _along(_along(image, 1, weights), 2, weights)


def sharpen(image: Tensor, radius: int, sigma: float, alpha: float) -> Tensor:
    """Sharpen pictures: add ten times alpha of what a blur takes away.

    Args:
        image: IMAGE.
        radius: Of the blur.
        sigma: Of the blur, as for `gaussian_blur`.
        alpha: Strength; 0 changes nothing.

    Returns:
        Same shape, in 0..1.
    """
    detail = image - gaussian_blur(image, radius, sigma)
    return (image + _SHARPENING * alpha * detail).clamp(0.0, 1.0)


def _kernel(radius: int, sigma: float) -> Tensor:
    """One axis of the kernel; a Gaussian over the plane is the product of two."""
    place = torch.linspace(-1.0, 1.0, 2 * radius + 1, dtype=torch.float64)
    weights = torch.exp(-0.5 * (place / sigma) ** 2)
    return weights / weights.sum()


def _along(image: Tensor, axis: int, weights: Tensor) -> Tensor:
    """Convolve one axis of a picture, which may be shorter than the kernel."""
    size = image.shape[axis]
    offsets = torch.arange(len(weights)) - len(weights) // 2
    places = _mirrored(torch.arange(size) + offsets[:, None], size)
    return weigh(image, axis, places, weights[:, None])


def _mirrored(place: Tensor, size: int) -> Tensor:
    """Places beyond the ends thrown back into 0 … size − 1, as often as need be."""
    period = max(1, 2 * (size - 1))
    folded = place % period
    return torch.minimum(folded, period - folded).clamp(max=size - 1)
