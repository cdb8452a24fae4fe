"""Autoencoders tile by tile: large pictures in little memory.

Tiles of the local half (`vae_halves.py`) are computed with group norms that repeat the statistics
of patches which stand for the whole picture (`shared_norms.py`, `representatives.py`), and cross
over into their neighbours where both know their surroundings. So tiles agree, and what is left is
how well the patches stand for the picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from diffusion.representatives import representatives
from diffusion.shared_norms import Sample
from diffusion.vae_halves import Halves, decoder_halves, encoder_halves, through

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor, nn

    from diffusion.representatives import Representatives
    from diffusion.tiling import Box, Tiling

# In latent elements: what a patch stands for, and the context on each side of it.
_CELL, _CONTEXT = 8, 4
# Of a decoder's patches the outer parts are spoilt stage by stage; what is left after the first,
# the second and further ones.
_LEFT = (4, 2, 1)
_FEWEST, _MOST = 16, 64


def decoded_tiles(
    decoder: nn.Module, latent: Tensor, tiling: Tiling, factor: int
) -> Iterator[tuple[Box, Tensor]]:
    """Decode a latent tile by tile.

    Args:
        decoder: A decoder of diffusers'.
        latent: What it takes, [1, C, h, w].
        tiling: Size and overlap of tiles.
        factor: Pixels along a side of one latent element.

    Yields:
        Each tile's place and its pixels, [1, 3, size·factor, size·factor] in −1..1.
    """
    halves = decoder_halves(decoder)
    grid = tiling.grid(latent.shape[2], latent.shape[3], factor)
    features = through(halves.whole, latent)
    scale = features.shape[2] // latent.shape[2]
    if len(grid) > 1:
        area = tiling.of_latents(factor)[0] ** 2
        chosen = _choose(features, scale, _between(area // (_CELL + 2 * _LEFT[-1]) ** 2))
        _measure(halves, _patches(features, chosen, scale), chosen, _LEFT)
    for box in grid:
        yield box, through(halves.local, features[:, :, *box.area(scale)])


def encoded_tiles(
    encoder: nn.Module, pixels: Tensor, tiling: Tiling, factor: int
) -> Iterator[Tensor | None]:
    """Encode a picture tile by tile.

    Args:
        encoder: An encoder of diffusers'.
        pixels: [1, 3, H, W] in −1..1, sides multiples of `factor`.
        tiling: Size and overlap of tiles.
        factor: Pixels along a side of one latent element.

    Yields:
        None for each tile, then what the encoder gives, [1, C, H/factor, W/factor].
    """
    halves = encoder_halves(encoder)
    height, width = (side // factor for side in pixels.shape[2:])
    grid = tiling.grid(height, width, factor)
    if len(grid) > 1:
        area = tiling.of_latents(factor)[0] ** 2
        chosen = _choose(pixels, factor, _between(area // (_CELL + 2 * _CONTEXT) ** 2))
        _measure(halves, _patches(pixels, chosen, factor), chosen, (_CONTEXT,))
    features = None
    for box in grid:
        tile = through(halves.local, pixels[:, :, *box.area(factor)])
        scale = tile.shape[2] // box.rows.size
        if features is None:
            features = tile.new_zeros(1, tile.shape[1], height * scale, width * scale)
        features[:, :, *box.area(scale)] += tile * box.weights(scale).to(tile)
        yield None
    if features is not None:
        yield through(halves.whole, features)


def _between(count: int) -> int:
    return min(max(count, _FEWEST), _MOST)


def _choose(picture: Tensor, scale: int, count: int) -> Representatives:
    side = _CELL * scale
    patch = (_CELL + 2 * _CONTEXT) * scale
    return representatives(picture, cell=side, patch=patch, count=count)


def _patches(picture: Tensor, chosen: Representatives, scale: int) -> Tensor:
    """The chosen patches of a map, [patches, C, patch, patch]; less where the map is narrower."""
    side = (_CELL + 2 * _CONTEXT) * scale
    return torch.cat(
        [picture[:, :, row : row + side, column : column + side] for row, column in chosen.corners]
    )


def _measure(halves: Halves, patches: Tensor, chosen: Representatives, left: Sequence[int]) -> None:
    """Run patches through the local stages, so that its norms know the picture's statistics.

    Args:
        halves: Whose norms are to know them.
        patches: [patches, C, side, side].
        chosen: How much each stands for.
        left: How much context is kept after each stage; as much as at last after further ones.
    """
    context = _CONTEXT
    sample = Sample(chosen.shares, context / (_CELL + 2 * context))
    for norm in halves.norms:
        norm.sample = sample
    for number, stage in enumerate(halves.local):
        patches = stage(patches)
        kept = min(left[min(number, len(left) - 1)], context)
        patches = _without(patches, (context - kept) / (_CELL + 2 * context))
        context = kept
        sample.margin = context / (_CELL + 2 * context)
    for norm in halves.norms:
        norm.sample = None


def _without(patches: Tensor, margin: float) -> Tensor:
    """Patches without some part of their sides at either end."""
    rows, columns = (round(side * margin) for side in patches.shape[2:])
    height, width = patches.shape[2:]
    return patches[:, :, rows : height - rows, columns : width - columns]
