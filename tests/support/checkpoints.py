"""A tiny checkpoint in the original layout, random but complete: 7 MB, loaded in a blink."""

from __future__ import annotations

import json
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
