"""Latents brought to another size.

`bislerp` is bilinear resampling along great circles: latents of a diffusion model lie near a
sphere, and a straight average of two of them is too short, which shows as blur. Positions follow
the half-pixel convention (pixel i is centred at i + 0.5), edges are repeated.
"""

from typing import Literal, get_args

import torch
from torch import Tensor
from torch.nn import functional

from diffusion.errors import DiffusionError
from diffusion.suggest import closest

Method = Literal["nearest-exact", "bilinear", "area", "bicubic", "bislerp"]
METHODS: tuple[Method, ...] = get_args(Method)

# Below this sine of the angle between two directions, the great circle is a straight line.
_NEARLY_PARALLEL = 1e-4


def resize(x: Tensor, width: int, height: int, method: str) -> Tensor:
    """Resample latents.

    Args:
        x: [B, C, h, w].
        width: New w, at least 1.
        height: New h, at least 1.
        method: One of `METHODS`.

    Returns:
        [B, C, height, width], same dtype and device.

    Raises:
        DiffusionError: There is no such method.
    """
    if method == "bislerp":
        return bislerp(x, width, height)
    if method not in METHODS:
        raise DiffusionError(f"Unknown way to resize '{method}'{closest(method, METHODS)}.")
    return functional.interpolate(x, size=(height, width), mode=method)


def crop_to_aspect(x: Tensor, width: int, height: int) -> Tensor:
    """Cut both ends of the longer side, so that x has the shape that width and height have.

    Args:
        x: [B, C, h, w].
        width: Of the target; only its ratio to the height counts.
        height: Of the target.

    Returns:
        A view of x, at least one pixel large.
    """
    old_height, old_width = x.shape[-2:]
    left = max(0, round((old_width - old_height * width / height) / 2))
    top = max(0, round((old_height - old_width * height / width) / 2))
    left, top = min(left, (old_width - 1) // 2), min(top, (old_height - 1) // 2)
    return x[..., top : old_height - top, left : old_width - left]


def bislerp(x: Tensor, width: int, height: int) -> Tensor:
    """Resample with spherical interpolation between neighbours, first along rows, then columns.

    Args:
        x: [B, C, h, w]; the vectors that are interpolated are those of C numbers.
        width: New w.
        height: New h.

    Returns:
        [B, C, height, width], same dtype and device.
    """
    rows = _along_last_axis(x.float(), width)
    columns = _along_last_axis(rows.transpose(-1, -2), height)
    return columns.transpose(-1, -2).to(x.dtype)


def slerp(start: Tensor, end: Tensor, amount: Tensor) -> Tensor:
    """Walk from one vector to another at constant angular speed; lengths change linearly.

    Source: Shoemake 1985, "Animating Rotation with Quaternion Curves", section 3.3. Vectors that
    point the same way, opposite ways or nowhere span no circle; between them the walk is straight.

    Args:
        start: [..., C, n], vectors along the last axis but one.
        end: Same shape.
        amount: 0 at the start, 1 at the end; broadcasts against [n].
    """
    start_length = start.norm(dim=-2, keepdim=True)
    end_length = end.norm(dim=-2, keepdim=True)
    tiny = torch.finfo(start.dtype).tiny
    start_way = start / start_length.clamp_min(tiny)
    end_way = end / end_length.clamp_min(tiny)
    angle = (start_way * end_way).sum(dim=-2, keepdim=True).clamp(-1.0, 1.0).acos()
    sine = angle.sin()
    way = torch.sin((1.0 - amount) * angle) * start_way + torch.sin(amount * angle) * end_way
    round_way = (
        way / sine.clamp_min(_NEARLY_PARALLEL) * torch.lerp(start_length, end_length, amount)
    )
    straight = (sine < _NEARLY_PARALLEL) | (start_length <= tiny) | (end_length <= tiny)
    return torch.where(straight, torch.lerp(start, end, amount), round_way)


def _along_last_axis(x: Tensor, size: int) -> Tensor:
    """Resample the last axis of [B, C, h, w] to a new size."""
    old = x.shape[-1]
    position = (torch.arange(size, device=x.device) + 0.5) * (old / size) - 0.5
    position = position.clamp(0.0, old - 1.0)
    low = position.floor().long()
    high = (low + 1).clamp_max(old - 1)
    channels_before_last = x.movedim(1, -2)
    start, end = channels_before_last[..., low], channels_before_last[..., high]
    return slerp(start, end, position - low).movedim(-2, 1)
