"""All that a pickle may ask for by name: what torch and numpy write into files of tensors.

Behind every name is a function or value of our own. Names of training programs that are known to
leave their settings in checkpoints get an object that does nothing. Any other name is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from diffusion.pickles import arrays
from diffusion.pickles.errors import PickleDamagedError, PickleRefusedError
from diffusion.pickles.machine import Constructor, Leftover, Record
from diffusion.pickles.storages import STORAGE_TYPES, Storage

if TYPE_CHECKING:
    from collections.abc import Callable

_TORCH_TYPES = {name: kind for name, kind in vars(torch).items() if isinstance(kind, torch.dtype)}
_STORAGE_MODULES = frozenset({"torch", "torch.cuda", "torch.storage"})
# Packages whose objects lie in training checkpoints: Lightning's callbacks and settings.
_LEFTOVER_PACKAGES = frozenset({"pytorch_lightning", "lightning", "lightning_fabric", "omegaconf"})
_LEFTOVERS = frozenset(
    {
        ("argparse", "Namespace"),
        ("pathlib", "PosixPath"),
        ("pathlib", "WindowsPath"),
        ("torch", "device"),
        ("torch", "Tensor"),
        ("torch.nn.parameter", "Parameter"),
        ("typing", "Any"),
    }
)


class ParameterDict(Record):
    """A module of torch that does nothing but hold parameters by name.

    Attributes:
        parameters: Those that it holds.
    """

    def __init__(self) -> None:
        self.parameters: dict[object, object] = {}

    def build(self, state: object) -> None:
        """Take the parameters."""
        held = state.get("_parameters") if isinstance(state, dict) else None
        if not isinstance(held, dict):
            raise PickleDamagedError("it has a ParameterDict without parameters")
        self.parameters = held


def find(module: str, name: str) -> object:
    """What a pickle gets for a name.

    Raises:
        PickleRefusedError: Nothing.
    """
    if module in _STORAGE_MODULES and name in STORAGE_TYPES:
        return STORAGE_TYPES[name]
    if module == "torch" and name in _TORCH_TYPES:
        return _TORCH_TYPES[name]
    if (module, name) in _CONSTRUCTORS:
        return _CONSTRUCTORS[module, name]
    if module.partition(".")[0] in _LEFTOVER_PACKAGES or (module, name) in _LEFTOVERS:
        return Leftover()
    raise PickleRefusedError(f"{module}.{name}")


def _tensor(storage: object, offset: object, size: object, stride: object, *rest: object) -> Tensor:
    """`torch._utils._rebuild_tensor` and `…_v2`; the rest is about gradients, and flags."""
    if not isinstance(storage, Storage):
        raise PickleDamagedError("it has a tensor without storage")
    return _flagged(storage.view(offset, size, stride), rest[2:])


def _tensor_of_type(
    storage: object, offset: object, size: object, stride: object, *rest: object
) -> Tensor:
    """`torch._utils._rebuild_tensor_v3`, which says what the elements of bytes are."""
    dtype = rest[2] if len(rest) > 2 else None
    if not isinstance(storage, Storage) or not isinstance(dtype, torch.dtype):
        raise PickleDamagedError("it has a tensor without storage")
    return _flagged(storage.view(offset, size, stride, dtype), rest[3:])


def _flagged(tensor: Tensor, flags: tuple[object, ...]) -> Tensor:
    """What torch writes of a complex tensor that is to be read conjugated, or negated."""
    for flag in flags:
        if isinstance(flag, dict):
            tensor = tensor.conj() if flag.get("conj") is True else tensor
            tensor = torch.neg(tensor) if flag.get("neg") is True else tensor
    return tensor


def _first(value: object, *_: object) -> object:
    """`torch._utils._rebuild_parameter`: the tensor; what is said of gradients is dropped."""
    return value


def _from_type(function: object, _type: object, arguments: object, _state: object) -> object:
    """`torch._tensor._rebuild_from_type_v2`: a tensor with attributes, which are dropped."""
    if not isinstance(function, Constructor) or not isinstance(arguments, tuple):
        raise PickleDamagedError("it has a tensor without storage")
    return function(*arguments)


def _plain_dict(*items: list[Any]) -> dict[str, object]:
    """`OrderedDict`, whose order a dict keeps; items come as a list of pairs, if at all here."""
    pairs = items[0] if items else []
    if any(len(pair) != 2 or not isinstance(pair[0], str) for pair in pairs):
        raise PickleDamagedError("it has a dict of what are no pairs")
    return dict(pairs)


def _nothing_but(kind: Callable[..., object]) -> Callable[..., object]:
    """A container that is made empty or from a list of plain values."""

    def make(values: object = ()) -> object:
        if not isinstance(values, list | tuple | str):
            raise PickleDamagedError("it makes a container of what is no list")
        if not all(isinstance(value, str | int | float | bytes) for value in values):
            raise PickleDamagedError("it has keys that no weights file needs")
        return kind(values)

    return make


def _encoded(text: object, encoding: object = "utf-8") -> bytes:
    """`_codecs.encode`, by which old protocols write bytes."""
    if not isinstance(text, str) or encoding not in {"latin1", "latin-1", "utf-8", "ascii"}:
        raise PickleDamagedError("it encodes what is no text")
    return text.encode(str(encoding))


def _size(sides: object = ()) -> tuple[object, ...]:
    if not isinstance(sides, tuple | list):
        raise PickleDamagedError("it has a size that is none")
    return tuple(sides)


_FUNCTIONS: dict[tuple[str, str], Callable[..., object]] = {
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_tensor_v3"): _tensor_of_type,
    ("torch._utils", "_rebuild_parameter"): _first,
    ("torch._utils", "_rebuild_parameter_with_state"): _first,
    ("torch._tensor", "_rebuild_from_type_v2"): _from_type,
    ("torch", "Size"): _size,
    ("torch.nn.modules.container", "ParameterDict"): ParameterDict,
    ("collections", "OrderedDict"): _plain_dict,
    ("_codecs", "encode"): _encoded,
    ("numpy", "dtype"): arrays.NumpyType,
    ("numpy", "ndarray"): arrays.no_array,
}
for _package in ("__builtin__", "builtins"):
    _FUNCTIONS[_package, "set"] = _nothing_but(set)
    _FUNCTIONS[_package, "frozenset"] = _nothing_but(frozenset)
for _package in ("numpy.core.multiarray", "numpy._core.multiarray"):
    _FUNCTIONS[_package, "_reconstruct"] = arrays.NumpyArray
    _FUNCTIONS[_package, "scalar"] = arrays.scalar
_CONSTRUCTORS = {
    names: Constructor(".".join(names), function) for names, function in _FUNCTIONS.items()
}
