"""In which precision models compute: what the user wishes, and what suits the device."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

# The first cards of NVIDIA that compute in these as fast as in float32.
_CUDA_FP16, _CUDA_BF16 = (7, 0), (8, 0)


class Precision(StrEnum):
    """A wish; `auto` leaves it to the device."""

    AUTO = "auto"
    FP32 = "fp32"
    BF16 = "bf16"
    FP16 = "fp16"


_DTYPES = {
    Precision.FP32: torch.float32,
    Precision.BF16: torch.bfloat16,
    Precision.FP16: torch.float16,
}


def compute_dtype(
    wish: Precision, device: torch.device, stored: torch.dtype | None = None
) -> torch.dtype:
    """What models compute in.

    Args:
        wish: Followed whatever the device.
        device: By default float32 on a CPU, where bfloat16 is only for those who ask for it, and
            half precision on a GPU that is fast in it.
        stored: What the weights are in: bfloat16 keeps its range where the device has it, too.
    """
    if wish is not Precision.AUTO:
        return _DTYPES[wish]
    if device.type == "cpu":
        return torch.float32
    if device.type != "cuda":
        return torch.float16
    card = torch.cuda.get_device_capability(device)
    if stored is torch.bfloat16 and card >= _CUDA_BF16:
        return torch.bfloat16
    return torch.float16 if card >= _CUDA_FP16 else torch.float32


def stored_dtype(tensors: Iterable[Tensor]) -> torch.dtype | None:
    """The dtype of the first weights that are no counters; None if there are none."""
    return next((tensor.dtype for tensor in tensors if tensor.is_floating_point()), None)
