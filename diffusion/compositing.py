"""One picture laid over part of another: latents, with a soft edge or by a mask.

Sizes and places are in latent units. What lies beyond the destination is not seen.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from diffusion.batches import as_masks, repeat_to, require_same_kind, same_length
from diffusion.resize import resize


@dataclass(frozen=True)
class Overlap:
    """Where a source that is laid on a destination is seen: the same part in either's terms."""

    on_destination: tuple[slice, slice]
    of_source: tuple[slice, slice]

    @classmethod
    def of(cls, destination: Tensor, source: Tensor, left: int, top: int) -> "Overlap":
        """Find it.

        Args:
            destination: [..., H, W].
            source: [..., h, w].
            left: Where the source's left edge goes; may be negative.
            top: Where its upper edge goes; may be negative.
        """
        rows = _overlap(destination.shape[-2], source.shape[-2], top)
        columns = _overlap(destination.shape[-1], source.shape[-1], left)
        return cls((rows[0], columns[0]), (rows[1], columns[1]))


def _overlap(room: int, size: int, start: int) -> tuple[slice, slice]:
    first = min(max(0, start), room)
    last = max(first, min(room, start + size))
    return slice(first, last), slice(first - start, last - start)


def paste_softly(
    destination: Tensor, source: Tensor, left: int, top: int, feather: int = 0
) -> Tensor:
    """Lay latents on others, fading in from each edge that is not one of the destination's.

    Args:
        destination: [B, C, H, W].
        source: [B', C, h, w].
        left: Where the source's left edge goes.
        top: Where its upper edge goes.
        feather: Width of the fade; the n-th row from an edge counts n / feather.

    Returns:
        [max(B, B'), C, H, W].

    Raises:
        DiffusionError: They are latents of two kinds.
    """
    require_same_kind(destination, source)
    destination, source = same_length(destination, source)
    height, width = destination.shape[-2:]
    edges = (left > 0, top > 0, left + source.shape[-1] < width, top + source.shape[-2] < height)
    seen = Overlap.of(destination, source, left, top)
    visible = source[(..., *seen.of_source)]
    opacity = ramps(visible.new_ones(visible.shape[-2:]), *(feather * edge for edge in edges))
    return _blended(destination, source, seen, opacity)


def paste_masked(
    destination: Tensor,
    source: Tensor,
    left: int,
    top: int,
    mask: Tensor | None = None,
    *,
    resize_source: bool = False,
) -> Tensor:
    """Lay latents on others where a mask is 1.

    Args:
        destination: [B, C, H, W]; says how many there will be.
        source: [B', C, h, w]; repeated or cut to B.
        left: Where the source's left edge goes.
        top: Where its upper edge goes.
        mask: Of the source, any size; everywhere unless given.
        resize_source: Whether the source is first made as large as the destination.

    Raises:
        DiffusionError: They are latents of two kinds, or the mask is none.
    """
    require_same_kind(destination, source)
    if resize_source:
        source = resize(source, destination.shape[-1], destination.shape[-2], "bilinear")
    source = repeat_to(source, len(destination))
    seen = Overlap.of(destination, source, left, top)
    if mask is None:
        return _blended(destination, source, seen, source.new_ones(()))
    masks = resize(as_masks(mask)[:, None], source.shape[-1], source.shape[-2], "bilinear")
    opacity = repeat_to(masks, len(destination)).to(source)
    return _blended(destination, source, seen, opacity[(..., *seen.of_source)])


def ramps(x: Tensor, left: int, top: int, right: int, bottom: int) -> Tensor:
    """Fade pictures out towards their edges; where two fades meet, they multiply.

    Args:
        x: [..., H, W].
        left: Width of the fade at this edge: its n-th column is multiplied by n / left.
        top: Likewise.
        right: Likewise.
        bottom: Likewise.
    """
    height, width = x.shape[-2:]
    across = _ramp(width, left) * _ramp(width, right).flip(0)
    down = _ramp(height, top) * _ramp(height, bottom).flip(0)
    return x * (down[:, None] * across[None, :]).to(x)


def _ramp(size: int, fade: int) -> Tensor:
    """1 / fade, 2 / fade, … up to 1 and on."""
    return (torch.arange(1, size + 1) / max(1, fade)).clamp(max=1.0)


def _blended(destination: Tensor, source: Tensor, seen: Overlap, opacity: Tensor) -> Tensor:
    pasted = destination.clone()
    area = (..., *seen.on_destination)
    pasted[area] = torch.lerp(destination[area], source[(..., *seen.of_source)], opacity)
    return pasted
