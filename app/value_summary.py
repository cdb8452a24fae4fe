"""What flowed through a link, in a few facts: type, shape, range, a thumbnail, the text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.previews import encode_preview
from app.tensors import is_tensor
from graph.result import Blocked, Items

if TYPE_CHECKING:
    import torch

_LONGEST = 10_000
_MOST = 20
_SAMPLED = 2**22
"""Numbers of a tensor that are looked at for its range."""


def summarise(value: object, type_: str) -> dict[str, object]:
    """Return facts about a value: JSON, and a thumbnail as the bytes of a JPEG.

    Args:
        value: What came out of a node.
        type_: The output's type.
    """
    if isinstance(value, Items):
        items = [summarise(item, type_) for item in value[:_MOST]]
        return {"type": type_, "kind": "items", "count": len(value), "items": items}
    facts: dict[str, object] = {"type": type_, "kind": type(value).__name__}
    if isinstance(value, Blocked):
        facts |= {"kind": "blocked", "text": value.message}
    elif is_tensor(value):
        facts |= {**_tensor(value), **_thumbnail(value, type_)}
    elif value is None or isinstance(value, bool | int | float | str):
        facts["text"] = str(value)[:_LONGEST]
    elif isinstance(value, Mapping):
        facts["fields"] = {str(key): _short(item) for key, item in list(value.items())[:_MOST]}
        samples = value.get("samples")
        facts |= _tensor(samples) if is_tensor(samples) else {}
    elif isinstance(value, list | tuple):
        facts |= {"count": len(value), "items": [_short(item) for item in value[:_MOST]]}
    return facts


def _tensor(tensor: torch.Tensor) -> dict[str, object]:
    facts: dict[str, object] = {
        "shape": list(tensor.shape),
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "device": str(tensor.device),
    }
    if tensor.numel() == 0 or tensor.is_complex():
        return facts
    step = max(1, tensor.numel() // _SAMPLED)
    looked_at = tensor.detach().flatten()[::step].float().cpu()
    numbers = {
        "min": looked_at.min().item(),
        "max": looked_at.max().item(),
        "mean": looked_at.mean().item(),
    }
    # JSON knows neither NaN nor infinity; that they are there is worth knowing.
    told = {name: n if math.isfinite(n) else str(n) for name, n in numbers.items()}
    return {**facts, **told}


def _thumbnail(tensor: torch.Tensor, type_: str) -> dict[str, object]:
    pictures = tensor
    if type_ == "MASK" and tensor.ndim in (2, 3):
        pictures = tensor.reshape(-1, *tensor.shape[-2:], 1)
    if pictures.ndim != 4 or pictures.shape[-1] not in (1, 3, 4) or not pictures.numel():
        return {}
    drawn = encode_preview(pictures.detach()[:1].float().nan_to_num())
    return {} if drawn is None else {"thumbnail": drawn}


def _short(value: object) -> object:
    """Say in a line what a part of a value is."""
    if is_tensor(value):
        shape = "×".join(map(str, value.shape))
        return f"tensor {shape} {str(value.dtype).removeprefix('torch.')}"
    if value is None or isinstance(value, bool | int | float):
        return value if not isinstance(value, float) or math.isfinite(value) else str(value)
    if isinstance(value, str):
        return value[:200]
    if isinstance(value, list | tuple):
        return [_short(item) for item in value[:_MOST]]
    return type(value).__name__
