"""What is wrong with a value of a type that everybody relies on: pictures, masks and latents.

Other types are the business of those that make and read them. torch is never imported here.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.tensors import is_tensor

_TENSORS = {"IMAGE": "[B, H, W, C]", "MASK": "[B, H, W]"}


def fault(type_: str, value: object) -> str | None:
    """Say what is wrong with an output of a type; None if nothing is."""
    if type_ in _TENSORS and not is_tensor(value):
        return f"expected a tensor {_TENSORS[type_]}, got {_describe(value)}"
    if type_ == "LATENT" and not (isinstance(value, Mapping) and is_tensor(value.get("samples"))):
        return f"expected a dictionary with a tensor 'samples' [B, C, h, w], got {_describe(value)}"
    return None


def _describe(value: object) -> str:
    if isinstance(value, Mapping):
        return f"a dictionary with {', '.join(map(repr, value)) or 'nothing'}"
    return "nothing" if value is None else f"a {type(value).__name__}"
