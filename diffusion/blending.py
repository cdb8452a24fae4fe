"""Two pictures, or two latents, made one.

The modes for pictures are those of the W3C's Compositing and Blending Level 1 (sections 10.1.1 to
10.1.10), except that `difference` is one-sided, as users of ComfyUI know it: the first minus the
second, nothing where that is negative.
"""

from typing import Literal, get_args

import torch
from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.suggest import closest

BlendMode = Literal["normal", "multiply", "screen", "overlay", "soft_light", "difference"]
BLEND_MODES: tuple[BlendMode, ...] = get_args(BlendMode)


def blend(below: Tensor, above: Tensor, amount: float, mode: str) -> Tensor:
    """Lay one picture on another.

    Args:
        below: In 0..1.
        above: Same shape, in 0..1.
        amount: How much the result counts, 0..1; at 0 the picture below is left.
        mode: One of `BLEND_MODES`.

    Returns:
        Same shape, in 0..1.

    Raises:
        DiffusionError: There is no such mode.
    """
    return torch.lerp(below, _blended(below, above, mode), amount).clamp(0.0, 1.0)


def _blended(below: Tensor, above: Tensor, mode: str) -> Tensor:
    match mode:
        case "normal":
            return above
        case "multiply":
            return below * above
        case "screen":
            return _screen(below, above)
        case "overlay":
            return torch.where(below <= 0.5, 2.0 * below * above, _screen(2.0 * below - 1.0, above))
        case "soft_light":
            return _soft_light(below, above)
        case "difference":
            return below - above
    raise DiffusionError(f"Unknown way to blend '{mode}'{closest(mode, BLEND_MODES)}.")


def _screen(below: Tensor, above: Tensor) -> Tensor:
    return below + above - below * above


def _soft_light(below: Tensor, above: Tensor) -> Tensor:
    dark = below - (1.0 - 2.0 * above) * below * (1.0 - below)
    curve = torch.where(
        below <= 0.25, ((16.0 * below - 12.0) * below + 4.0) * below, below.clamp(min=0.0).sqrt()
    )
    light = below + (2.0 * above - 1.0) * (curve - below)
    return torch.where(above <= 0.5, dark, light)


def interpolate(first: Tensor, second: Tensor, ratio: float) -> Tensor:
    """Mix latents so that the mixture is as strong as they are.

    Each element's vector of channels is taken apart into direction and length. The direction is
    that of the mixed directions, the length the mixed lengths.

    Args:
        first: [B, C, h, w].
        second: Same shape.
        ratio: The first's share, 0..1.

    Returns:
        Same shape; zero where the mixed directions cancel out.
    """
    way = _direction(_direction(first) * ratio + _direction(second) * (1.0 - ratio))
    return way * (_length(first) * ratio + _length(second) * (1.0 - ratio))


def _direction(x: Tensor) -> Tensor:
    length = _length(x)
    return x / length.masked_fill(length == 0.0, 1.0)


def _length(x: Tensor) -> Tensor:
    length: Tensor = x.norm(dim=1, keepdim=True)
    return length
