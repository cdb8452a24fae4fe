"""Scenes as tensors: pictures for the autoencoder, token ids for the text encoder."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import torch
from torch import Tensor

from diffusion.tokens import tokenise
from training.scenes import Scene


def picture_bytes(scenes: Sequence[Scene]) -> Tensor:
    """The scenes' pictures, [N, 3, 64, 64] uint8."""
    stacked = np.stack([scene.picture() for scene in scenes])
    return torch.from_numpy(stacked).permute(0, 3, 1, 2).contiguous()


def token_ids(captions: Sequence[str]) -> Tensor:
    """The captions' token ids, [N, 77]; captions longer than one chunk are cut."""
    return torch.tensor([_first_chunk(caption) for caption in captions])


@cache
def _first_chunk(caption: str) -> list[int]:
    return [token.id for token in tokenise(caption)[0]]
