"""Ordered dithering: a fixed pattern of thresholds laid over a picture before it loses colours.

Source: Bayer 1973, "An optimum method for two-level rendition of continuous-tone pictures".
"""

import torch
from torch import Tensor


def bayer_matrix(order: int) -> Tensor:
    """The thresholds 0 … order² − 1, spread as evenly as can be.

    Args:
        order: A power of two.

    Returns:
        [order, order] integers.
    """
    matrix = torch.zeros(1, 1, dtype=torch.long)
    while len(matrix) < order:
        upper = torch.cat((4 * matrix, 4 * matrix + 2), dim=1)
        lower = torch.cat((4 * matrix + 3, 4 * matrix + 1), dim=1)
        matrix = torch.cat((upper, lower))
    return matrix


def bayer_dither(image: Tensor, order: int, spread: float) -> Tensor:
    """Add the pattern to pictures.

    Args:
        image: IMAGE [B, H, W, C].
        order: Of the pattern, a power of two.
        spread: How much the elements differ: they go from −1/2 of it to just below 1/2.

    Returns:
        IMAGE in 0..1.
    """
    height, width = image.shape[1:3]
    pattern = bayer_matrix(order) / order**2 - 0.5
    tiled = pattern.repeat(-(-height // order), -(-width // order))[:height, :width]
    return (image + spread * tiled.to(image)[..., None]).clamp(0.0, 1.0)
