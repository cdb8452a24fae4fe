"""What results depend on besides the workflow: the code, the libraries and the kind of device.

It goes into the keys of results on the disk, so that a new version never shows pictures of an old
one. The code counts by its text, not by its version, so that whoever changes a sampler sees what
the change does; comments count, too, which costs a run and nothing else. Of the device only its
kind counts: another card of the same kind changes the last bits of a result, if any.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from pathlib import Path
from typing import TYPE_CHECKING

from app.version import VERSION
from graph.keys import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

_HERE = Path(__file__).resolve().parent
_CODE = ("nodes", "diffusion", "app/tensors.py", "app/tensor_bytes.py", "app/codecs.py")
_LIBRARIES = (
    "torch",
    "diffusers",
    "transformers",
    "tokenizers",
    "torchsde",
    "scipy",
    "numpy",
    "pillow",
    "safetensors",
)


def provenance(
    device: str, root: Path = _HERE.parent, *, precisions: tuple[str, ...] = ("auto", "auto")
) -> bytes:
    """Return a SHA-256 of everything but the workflow that results depend on.

    Args:
        device: As torch writes it; `cuda:0` and `cuda:1` are one kind.
        root: The folder that holds our packages.
        precisions: In which models and autoencoders compute.
    """
    facts = [
        VERSION,
        device.split(":", maxsplit=1)[0],
        [*precisions],
        platform.machine(),
        {name: _version(name) for name in _LIBRARIES},
        {name: _hash(path) for name, path in _files(root)},
    ]
    return hashlib.sha256(canonical(facts)).digest()


def _version(name: str) -> str | None:
    """The installed version, with its build (`2.13.0+cpu`); nothing is imported to find out."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    for place in _CODE:
        for path in [root / place, *sorted((root / place).rglob("*"))]:
            if path.is_file() and path.suffix != ".pyc":
                yield path.relative_to(root).as_posix(), path


def _hash(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
