"""Weight files: tensors by name, mapped from disk rather than read.

A tensor of a `.safetensors` file is a view into the mapped file: it costs memory only when it is
converted or written. Pickled files are read without running what is in them (`pickles/`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from safetensors import SafetensorError, safe_open

from diffusion.errors import DiffusionError
from diffusion.pickles.reader import SUFFIXES as PICKLED
from diffusion.pickles.reader import read_pickle, weights_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

_SHARD = re.compile(r"-\d{5}-of-\d{5}\.")


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
    """Map a file of weights, a `.safetensors` or a pickled one.

    Raises:
        DiffusionError: The file is missing, damaged, of another format or a hostile pickle.
    """
    if not path.is_file():
        raise DiffusionError(f"there is no weights file {path}")
    if path.suffix.lower() in PICKLED and not _is_safetensors(path):
        return Weights(path.name, *weights_in(read_pickle(path)))
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


def _is_safetensors(path: Path) -> bool:
    """Whether a file begins as `.safetensors` files do, whatever it is called."""
    with path.open("rb") as file:
        head = file.read(9)
    return head.endswith(b"{") and 1 < int.from_bytes(head[:8], "little") < path.stat().st_size


def read_folder_weights(folder: Path) -> Weights:
    """Map the weights of one module of a diffusers folder, in one file or in several.

    Raises:
        DiffusionError: There are none, a file of several is missing, or one is damaged.
    """
    # Of several variants (`….fp16.safetensors`) the shortest name is the main one.
    names = sorted((path.name for path in folder.iterdir()), key=lambda name: (len(name), name))
    for ending in (".safetensors", ".bin"):
        whole = [n for n in names if n.endswith(ending) and not _SHARD.search(n)]
        if whole:
            return read_weights(folder / whole[0])
        index = [n for n in names if n.endswith(f"{ending}.index.json")]
        if index:
            return _read_shards(folder, index[0])
    raise DiffusionError(f"{folder} has a config.json and no .safetensors file")


def _read_shards(folder: Path, index: str) -> Weights:
    places = read_json(folder / index).get("weight_map")
    if not isinstance(places, dict):
        raise DiffusionError(f"{folder / index} has no weight_map, so its parts are not known")
    tensors: dict[str, Tensor] = {}
    for name in sorted({str(place) for place in places.values()}):
        if "/" in name or "\\" in name:
            raise DiffusionError(f"{folder / index} names a file elsewhere: {name}")
        tensors.update(read_weights(folder / name).tensors)
    return Weights(index.removesuffix(".index.json"), tensors)


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
