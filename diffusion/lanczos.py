"""Pictures resampled with Lanczos' windowed sinc, three lobes wide.

Source: Duchon 1979, "Lanczos Filtering in One and Two Dimensions"; made wider when a picture
shrinks, so that nothing flickers, with the weights at an edge made to sum to 1, as Pillow does.
"""

import torch
from torch import Tensor

from diffusion.taps import weigh

_LOBES = 3.0


def lanczos(x: Tensor, width: int, height: int) -> Tensor:
    """Resample pictures, first along rows, then along columns.

    Args:
        x: [B, C, H, W] in 0..1.
        width: New W.
        height: New H.

    Returns:
        [B, C, height, width] in 0..1; what the sharp edges overshoot is cut off.
    """
    return _along(_along(x.float(), -1, width), -2, height).clamp(0.0, 1.0).to(x.dtype)


def _along(x: Tensor, axis: int, size: int) -> Tensor:
    return x if x.shape[axis] == size else weigh(x, axis, *_taps(x.shape[axis], size))


def _taps(old: int, size: int) -> tuple[Tensor, Tensor]:
    """For each new pixel, which old ones count and how much: two tensors [taps, size]."""
    stretch = max(1.0, old / size)
    centre = (torch.arange(size, dtype=torch.float64) + 0.5) * (old / size)
    first = (centre - _LOBES * stretch).floor().long()
    count = int(2.0 * _LOBES * stretch) + 2
    places = first + torch.arange(count)[:, None]
    distance = (places + 0.5 - centre) / stretch
    window = torch.sinc(distance) * torch.sinc(distance / _LOBES)
    inside = (distance.abs() < _LOBES) & (places >= 0) & (places < old)
    weights = torch.where(inside, window, torch.zeros_like(window))
    return places.clamp(0, old - 1), weights / weights.sum(dim=0)
