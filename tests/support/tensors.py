"""Random tensors that are the same in every run."""

import torch
from torch import Tensor


def noise(*shape: int, seed: int = 0) -> Tensor:
    """Standard normal numbers of a shape."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def picture(*shape: int, seed: int = 0) -> Tensor:
    """Numbers in 0..1 of a shape, as an IMAGE has them."""
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))
