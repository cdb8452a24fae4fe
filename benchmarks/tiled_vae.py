"""Decoding in tiles against decoding at once: memory, time, and how much the pictures differ.

    python -m benchmarks.tiled_vae [--size 2048] [--tile 512] [--overlap 64]

Without a size a picture of 1024×1024 is decoded, in half a minute; 2048 takes minutes and 2 GB. The
autoencoder is the starter model's. Two pictures are measured: one of large shapes, which is nowhere
like the whole, and a mosaic of small ones, of which no two parts are alike. Memory is what tensors
take beyond the latent, to the byte; kernels' own is not counted. Borders are told apart by strips
along the lines where one tile goes over into the next.
"""

from __future__ import annotations

import argparse
import json
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from app.bootstrap.start import ROOT
from benchmarks.live_memory import LiveMemory
from diffusion.parts import load_vae
from diffusion.tiling import Grid, Row, Tiling
from training.scenes import PALETTE, SIZE, Colour, training_scenes
from training.shapes import Shape, coverage

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from diffusion.vae import VAE

STARTER = ROOT / "models" / "checkpoints" / "starter.safetensors"
MEMORY_BAR, DIFFERENCE_BAR = 1 / 6, 1.0
# Along borders the mean may be this much larger than elsewhere, as it is between any two parts.
BORDER_BAR = 1.05
# Pixels on either side of the line along which two tiles meet.
_NEAR = 16
_FIGURES = 12


def large_shapes(size: int) -> Tensor:
    """Shapes all over the picture, up to a third of it, [1, size, size, 3] in 0..1."""
    rng = np.random.default_rng(1)
    colours, shapes = list(Colour), list(Shape)
    pixels = np.empty((size, size, 3), np.float32)
    pixels[:] = PALETTE[colours[rng.integers(len(colours))]]
    for _ in range(_FIGURES):
        shape = shapes[rng.integers(len(shapes))]
        x, y = rng.uniform(0, size, 2)
        mask = coverage(shape, x, y, rng.uniform(0.05, 0.3) * size, size)[..., None]
        colour = np.asarray(PALETTE[colours[rng.integers(len(colours))]], np.float32)
        pixels += mask * (colour - pixels)
    return torch.from_numpy(pixels)[None] / 255.0


def mosaic(size: int) -> Tensor:
    """Scenes of the size that the starter model was trained at, one beside the other."""
    count = -(-size // SIZE)
    scenes = iter(training_scenes(count * count, seed=0))
    rows = [np.concatenate([next(scenes).picture() for _ in range(count)], 1) for _ in range(count)]
    pixels = np.concatenate(rows)[:size, :size]
    return torch.from_numpy(pixels).float()[None] / 255.0


def measure(vae: VAE, picture: Tensor, tiling: Tiling) -> dict[str, Any]:
    """Decode a picture's latent in both ways; differences in steps of 8 bits."""
    latent = vae.encode(picture)
    whole, whole_peak, whole_seconds = _watched(lambda: vae.decode(latent))
    tiled, peak, seconds = _watched(lambda: vae.decode(latent, tiling=tiling))
    difference = (tiled - whole).abs().mean(-1)[0] * 255.0
    grid = tiling.grid(latent.shape[2], latent.shape[3], vae.factor)
    borders = along_borders(grid, vae.factor)
    return {
        "tiles": len(grid),
        "mean": round(difference.mean().item(), 4),
        "borders": round(difference[borders].mean().item(), 4),
        "elsewhere": round(difference[~borders].mean().item(), 4),
        "largest": round(difference.max().item(), 2),
        "peak_mib": round(peak / 2**20, 1),
        "peak_mib_whole": round(whole_peak / 2**20, 1),
        "memory": round(peak / whole_peak, 4),
        "seconds": round(seconds, 2),
        "seconds_whole": round(whole_seconds, 2),
    }


def along_borders(grid: Grid, factor: int) -> Tensor:
    """Where one tile goes over into the next, [height, width] in pixels."""
    down, across = (_near_borders(row, factor) for row in (grid.rows, grid.columns))
    return down[:, None] | across[None]


def _near_borders(row: Row, factor: int) -> Tensor:
    near = torch.zeros(row.length * factor, dtype=torch.bool)
    for before, start in pairwise(row.starts):
        middle = (start + before + row.size) * factor // 2
        near[middle - _NEAR : middle + _NEAR] = True
    return near


def _watched(work: Callable[[], Tensor]) -> tuple[Tensor, int, float]:
    began = time.perf_counter()
    with LiveMemory() as memory:
        answer = work()
    return answer, memory.peak, time.perf_counter() - began


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--size", type=int, default=1024, help="of the picture in pixels")
    parser.add_argument("--tile", type=int, default=512, help="of a tile in pixels")
    parser.add_argument("--overlap", type=int, default=64, help="of tiles in pixels")
    asked = parser.parse_args()
    vae, tiling = load_vae(STARTER), Tiling(asked.tile, asked.overlap)
    results = {
        paint.__name__: measure(vae, paint(asked.size), tiling) for paint in (large_shapes, mosaic)
    }
    met = {
        "memory": all(r["memory"] <= MEMORY_BAR for r in results.values()),
        "mean": all(r["mean"] <= DIFFERENCE_BAR for r in results.values()),
        "borders": all(r["borders"] <= BORDER_BAR * r["elsewhere"] for r in results.values()),
    }
    print(json.dumps({"size": asked.size, "tile": asked.tile, **results, "met": met}))


if __name__ == "__main__":
    main()
