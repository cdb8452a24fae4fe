"""Weight files: tensors by name, mapped from disk rather than read.

A tensor of a `.safetensors` file is a view into the mapped file: it costs memory only when it is
converted or written. Pickled formats can run code when they are read and are refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from safetensors import SafetensorError, safe_open

from diffusion.errors import DiffusionError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

PICKLED = frozenset({".ckpt", ".pt", ".pth", ".bin", ".pkl"})


@dataclass(frozen=True)
class Weights:
    """What a weights file holds.

    Attributes:
        source: How messages call the file.
        tensors: By the file's own names, on the CPU, read only.
        metadata: The file's own notes.
    """

    source: str
    tensors: Mapping[str, Tensor]
    metadata: Mapping[str, str] = field(default_factory=dict)

    def under(self, *prefixes: str) -> Weights:
        """The tensors whose names begin with the first of these prefixes that any name has.

        Returns:
            Those tensors with the prefix taken off; none when no prefix is found.
        """
        for prefix in prefixes:
            found = {
                name.removeprefix(prefix): tensor
                for name, tensor in self.tensors.items()
                if name.startswith(prefix)
            }
            if found:
                return Weights(self.source, found, self.metadata)
        return Weights(self.source, {}, self.metadata)


def read_weights(path: Path) -> Weights:
    """Map a `.safetensors` file.

    Raises:
        DiffusionError: The file is missing, a pickle, damaged or of another format.
    """
    if not path.is_file():
        raise DiffusionError(f"there is no weights file {path}")
    if path.suffix.lower() in PICKLED:
        raise DiffusionError(
            f"{path.name} is a pickled file ({path.suffix}), which can run any code when it is "
            "read; get the model as .safetensors or convert it"
        )
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            metadata = file.metadata() or {}
    except (SafetensorError, OSError, ValueError) as error:
        raise DiffusionError(
            f"{path.name} ({path.stat().st_size} bytes) is no complete .safetensors file: {error}; "
            "download it again"
        ) from error
    return Weights(path.name, tensors, metadata)


def read_json(path: Path) -> dict[str, object]:
    """Read a configuration beside weights in a diffusers folder.

    Raises:
        DiffusionError: The file is missing or no JSON object.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DiffusionError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(value, dict):
        raise DiffusionError(f"{path} holds a {type(value).__name__} where an object was expected")
    return value
