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
    from collections.abc import Iterator

    from torch import Tensor, nn

    from diffusion.tiling import Box, Tiling

# In latent elements: what a patch stands for, and the context on each side of it. Measured: more
# context costs patches, and spares less than these do.
_CELL, _CONTEXT = 6, 1
_PATCH = _CELL + 2 * _CONTEXT
# Patches take together about as much memory as a tile does.
_FEWEST, _MOST = 32, 96


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
        _measure(halves, features, scale, tiling.of_latents(factor)[0])
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
        _measure(halves, pixels, factor, tiling.of_latents(factor)[0])
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


def _measure(halves: Halves, picture: Tensor, scale: int, tile: int) -> None:
    """Let the norms of the local stages know the statistics of a picture.

    Args:
        halves: Whose norms they are.
        picture: What the local stages take, [1, C, h·scale, w·scale].
        scale: Elements along a side of one latent element.
        tile: Latent elements along a side of a tile.
    """
    count = min(max(tile**2 // _PATCH**2, _FEWEST), _MOST)
    side = _PATCH * scale
    chosen = representatives(picture, cell=_CELL * scale, patch=side, count=count)
    patches = torch.cat(
        [picture[:, :, row : row + side, column : column + side] for row, column in chosen.corners]
    )
    sample = Sample(chosen.shares, _CONTEXT / _PATCH)
    for norm in halves.norms:
        norm.sample = sample
    through(halves.local, patches)
    for norm in halves.norms:
        norm.sample = None
