"""Tensors as bytes: which can be written, how they lie in memory, and how they are read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import devices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import torch

_TYPES = {
    "bool": "BOOL",
    "uint8": "U8",
    "int8": "I8",
    "int16": "I16",
    "int32": "I32",
    "int64": "I64",
    "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2": "F8_E5M2",
    "bfloat16": "BF16",
    "float16": "F16",
    "float32": "F32",
    "float64": "F64",
}
"""Names of types in torch and in safetensors."""


def is_data(tensor: torch.Tensor) -> bool:
    """Whether a tensor is plain numbers in main memory, of a type that can be written."""
    import torch

    return (
        type(tensor) is torch.Tensor
        and tensor.layout == torch.strided
        and tensor.device.type == "cpu"
        and not tensor.requires_grad
        and not tensor.is_quantized
        and _name(tensor) in _TYPES
    )


def type_name(tensor: torch.Tensor) -> str:
    """What safetensors calls a tensor's type."""
    return _TYPES[_name(tensor)]


def _name(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def memory_order(tensor: torch.Tensor) -> list[int]:
    """The dimensions as they lie in memory, so that a turned tensor comes back turned.

    Sums of numbers that lie otherwise can differ in their last bit.
    """
    dimensions = list(range(tensor.dim()))
    order = sorted(dimensions, key=tensor.stride, reverse=True)
    turned = not tensor.is_contiguous() and tensor.permute(order).is_contiguous()
    return order if turned else dimensions


def levels_of(tensor: torch.Tensor) -> torch.Tensor | None:
    """The bytes of a picture whose numbers are all exactly n/255, as they are in most files."""
    import torch

    if tensor.dtype != torch.float32 or not tensor.numel():
        return None
    for part in (tensor.reshape(-1)[:256], tensor):
        levels = part.mul(255).round().clamp(0, 255).nan_to_num(0).to(torch.uint8)
        if not torch.equal(_from_levels(levels).view(torch.int32), part.view(torch.int32)):
            return None
    return levels


def _from_levels(levels: torch.Tensor) -> torch.Tensor:
    import torch

    return levels.to(torch.float32) / 255


def bytes_of(tensor: torch.Tensor) -> memoryview:
    """The bytes of a tensor without holes, not copied."""
    import torch

    flat = tensor.reshape(-1)
    return flat.view(torch.uint8).numpy().data if flat.numel() else memoryview(b"")


def read_tensors(content: bytes, scaled: Iterable[int]) -> Mapping[str, torch.Tensor]:
    """Read the tensors of a safetensors file.

    Args:
        content: The file.
        scaled: Which of them are bytes that mean n/255.

    Raises:
        ValueError: It is no such file.
    """
    devices.load_torch()
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        tensors = load(content)
    except SafetensorError as error:
        raise ValueError(f"these bytes are no tensors: {error}") from error
    return tensors | {str(place): _from_levels(tensors[str(place)]) for place in scaled}
