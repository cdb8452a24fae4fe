"""Tiny checkpoints in the original layout, random but complete: 7 MB, loaded in a blink."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save_file

from benchmarks.random_checkpoint import Sizes, random_tensors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

# Four levels in the autoencoder, so that its latents are an eighth of a picture as SD's are.
TINY = Sizes(
    unet=(16, 32),
    attended=(True, False),
    unet_layers=1,
    vae=(8, 8, 16, 16),
    vae_layers=1,
    text=64,
    text_layers=2,
)
TINY_CONFIG = {
    "unet": {"attention_head_dim": 8, "norm_num_groups": 8},
    "vae": {"norm_num_groups": 4},
    "text": {"head_dim": 32, "act": "quick_gelu"},
    "native_size": [64, 64],
}
TINY_METADATA = {"safelight.family": "sd1", "safelight.config": json.dumps(TINY_CONFIG)}

# The other families' shapes. Their names and widths alone tell which they are.
TINY_SD2 = replace(TINY, linear=True, text=0, open_text=64, open_text_layers=3)
TINY_SDXL = replace(
    TINY,
    unet=(16, 32, 32),
    attended=(False, True, True),
    depths=(0, 1, 2),
    linear=True,
    vector=48 + 6 * 256,
    text=32,
    text_layers=3,
    text_place="conditioner.embedders.0.transformer.text_model",
    open_text=48,
    open_text_layers=3,
    open_text_place="conditioner.embedders.1.model",
)
TINY_REFINER = replace(
    TINY,
    unet=(16, 32, 32),
    attended=(False, True, False),
    depths=(0, 2, 0),
    linear=True,
    vector=64 + 5 * 256,
    text=0,
    open_text=64,
    open_text_layers=3,
    open_text_place="conditioner.embedders.0.model",
)
TINY_FAMILIES = {
    "SD 2.x": TINY_SD2,
    "SDXL": TINY_SDXL,
    "SDXL refiner": TINY_REFINER,
    "SD 1.x inpainting": replace(TINY, channels=9),
    "SD 2.x inpainting": replace(TINY_SD2, channels=9),
    "SDXL inpainting": replace(TINY_SDXL, channels=9),
}
# Heads and groups, which no shape tells.
TINY_NOTES = {
    "safelight.config": json.dumps(
        {
            "unet": {"attention_head_dim": 8, "norm_num_groups": 8},
            "vae": {"norm_num_groups": 4},
            "text": {"head_dim": 16},
            "native_size": [64, 64],
        }
    )
}


def tiny_tensors(
    seed: int = 0, *, sizes: Sizes = TINY, dtype: torch.dtype = torch.float16
) -> dict[str, Tensor]:
    """The tensors of a tiny checkpoint by their original names."""
    return random_tensors(sizes, dtype, seed)


def write_tiny_checkpoint(
    path: Path,
    tensors: Mapping[str, Tensor] | None = None,
    *,
    seed: int = 0,
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """Write a tiny SD-layout checkpoint that `load_checkpoint` reads.

    Args:
        path: A `.safetensors` file to be.
        tensors: Other tensors than `tiny_tensors(seed)`.
        seed: Other weights.
        metadata: Other notes than `TINY_METADATA`.
    """
    content = tiny_tensors(seed) if tensors is None else dict(tensors)
    save_file(content, path, metadata=dict(TINY_METADATA if metadata is None else metadata))
    return path


def write_tiny_family(
    path: Path, family: str, *, seed: int = 0, dtype: torch.dtype = torch.float32
) -> Path:
    """Write a tiny checkpoint of one of `TINY_FAMILIES`, or of "SD 1.x"."""
    if family == "SD 1.x":
        return write_tiny_checkpoint(path, tiny_tensors(seed, dtype=dtype))
    tensors = tiny_tensors(seed, sizes=TINY_FAMILIES[family], dtype=dtype)
    return write_tiny_checkpoint(path, tensors, metadata=TINY_NOTES)
