"""Reads pickled weight files (`.ckpt`, `.pt`, `.pth`, `.bin`): builds tensors, calls nothing.

Such a file is a program that rebuilds what was saved, and Python's own reader, which torch uses,
runs whatever it says. This one interprets it (`machine.py`) and has constructors of our own for
the few names that files of tensors need (`known.py`). Tensors are views into the mapped file.
"""

from __future__ import annotations

import mmap
from functools import partial
from typing import TYPE_CHECKING

from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.pickles import archive, known, legacy
from diffusion.pickles.arrays import NumpyArray
from diffusion.pickles.errors import PickleDamagedError, PickleRefusedError
from diffusion.pickles.known import ParameterDict
from diffusion.pickles.machine import Constructor, Machine
from diffusion.pickles.storages import Storage, opened

if TYPE_CHECKING:
    from pathlib import Path

    from diffusion.pickles.storages import Buffer

SUFFIXES = frozenset({".ckpt", ".pt", ".pth", ".bin", ".pkl"})
_LOAD_STORAGE = ("torch.storage", "_load_from_bytes")
# Under which names training programs put the weights beside other things, in order of preference.
_WRAPPERS = ("state_dict", "params_ema", "params", "model_state_dict", "model")


def read_pickle(path: Path) -> object:
    """Read what is in a pickled file: tensors, and plain containers of them.

    Raises:
        DiffusionError: The file is damaged, or asks for something that it must not have.
    """
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            # Private to us and writable: torch makes no tensors of memory that is not.
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        return _read(mapped, nested=False)
    except PickleRefusedError as error:
        raise DiffusionError(
            f"{path.name} wants to call {error.wanted} while it is read, which no weights need and "
            "which could do anything; nothing was called: get the model as .safetensors"
        ) from error
    except (PickleDamagedError, OSError, ValueError) as error:
        reason = str(error) if isinstance(error, PickleDamagedError) else "it cannot be read"
        raise DiffusionError(
            f"{path.name} ({size} bytes) is no complete file of weights: {reason}; download it "
            "again, or get the model as .safetensors"
        ) from error


def _read(buffer: Buffer, *, nested: bool) -> object:
    find = partial(_find, nested=nested)
    if buffer[: len(archive.MAGIC)] == archive.MAGIC:
        return archive.read_archive(buffer, find)
    if buffer[: len(legacy.MAGIC)] == legacy.MAGIC:
        return legacy.read_legacy(buffer, find)
    return Machine(find, _no_storage, len(buffer)).run(opened(buffer))


def _find(module: str, name: str, *, nested: bool) -> object:
    if (module, name) == _LOAD_STORAGE and not nested:
        return Constructor(".".join(_LOAD_STORAGE), _storage_in_bytes)
    return known.find(module, name)


def _storage_in_bytes(content: object) -> Storage:
    """A storage as Python's pickle keeps it: a whole file of torch's in bytes."""
    if not isinstance(content, bytes):
        raise PickleDamagedError("it has a storage of what are no bytes")
    storage = _read(bytearray(content), nested=True)
    if not isinstance(storage, Storage):
        raise PickleDamagedError("it has a storage that is none")
    return storage


def _no_storage(_persistent_id: object) -> Storage:
    raise PickleDamagedError("it names a storage and has none")


def weights_in(value: object) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors by name of what was in a file, and its texts beside them.

    Args:
        value: From `read_pickle`. Where weights lie under `state_dict` or the like, they are meant.
    """
    outer = plain_dict(value)
    inner = outer
    if not any(isinstance(item, Tensor) for item in outer.values()) or "state_dict" in outer:
        wrapped = (plain_dict(outer.get(name)) for name in _WRAPPERS)
        inner = next((held for held in wrapped if held), outer)
    tensors = {name: item for name, item in inner.items() if isinstance(item, Tensor)}
    return tensors, {name: item for name, item in outer.items() if isinstance(item, str)}


def plain_dict(value: object) -> dict[str, object]:
    """What a dict in a file has under texts, with numpy's arrays as tensors; empty for no dict."""
    if isinstance(value, ParameterDict):
        value = value.parameters
    if not isinstance(value, dict):
        return {}
    return {
        name: item.tensor if isinstance(item, NumpyArray) else item
        for name, item in value.items()
        if isinstance(name, str)
    }
