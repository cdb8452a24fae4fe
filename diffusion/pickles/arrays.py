"""Numpy's arrays and numbers as pickles describe them, turned into tensors and plain numbers."""

from __future__ import annotations

import math
import re
import sys

import torch
from torch import Tensor

from diffusion.pickles.errors import PickleDamagedError
from diffusion.pickles.machine import Record

_TYPES = {
    "b1": torch.bool,
    "i1": torch.int8,
    "i2": torch.int16,
    "i4": torch.int32,
    "i8": torch.int64,
    "u1": torch.uint8,
    "u2": torch.uint16,
    "u4": torch.uint32,
    "u8": torch.uint64,
    "f2": torch.float16,
    "f4": torch.float32,
    "f8": torch.float64,
    "c8": torch.complex64,
    "c16": torch.complex128,
}
_MOST_SIDES = 64
_LITTLE = frozenset({"<", "|", "="})


class NumpyType(Record):
    """`numpy.dtype`: numbers only; text, objects and records are refused."""

    def __init__(self, name: object, *_flags: object) -> None:
        plain = re.fullmatch(r"[<|=]?([biufc]\d+)", name if isinstance(name, str) else "")
        if plain is None or plain[1] not in _TYPES:
            raise PickleDamagedError("it has a numpy array of what are no numbers")
        self.dtype = _TYPES[plain[1]]

    def build(self, state: object) -> None:
        """Take the order of the bytes."""
        if not isinstance(state, tuple) or len(state) < 2 or state[1] not in _LITTLE:
            raise PickleDamagedError("it has a numpy array in the byte order of other machines")


class NumpyArray(Record):
    """`numpy.ndarray`: made empty, then given its content.

    Attributes:
        tensor: The content.
    """

    def __init__(self, *_about: object) -> None:
        self.tensor = torch.empty(0)

    def build(self, state: object) -> None:
        """Take shape, type, order of the sides and bytes."""
        if not isinstance(state, tuple) or len(state) != 5:
            raise PickleDamagedError("it has a numpy array without content")
        _version, shape, kind, by_columns, content = state
        if not isinstance(shape, tuple) or len(shape) > _MOST_SIDES:
            raise PickleDamagedError("it has a numpy array without shape")
        if not all(type(side) is int and 0 <= side < 2**62 for side in shape):
            raise PickleDamagedError("it has a numpy array without shape")
        sides = tuple(reversed(shape)) if by_columns else shape
        flat = _numbers(kind, content)
        if math.prod(sides) != len(flat):
            raise PickleDamagedError(
                f"it has a numpy array of {list(shape)} with {len(flat)} numbers"
            )
        tensor = flat.reshape(sides)
        self.tensor = tensor.permute(*reversed(range(len(sides)))) if by_columns else tensor


def scalar(kind: object, content: object) -> bool | int | float | complex:
    """`numpy.core.multiarray.scalar`: one number."""
    numbers = _numbers(kind, content)
    if len(numbers) != 1:
        raise PickleDamagedError("it has a number that is none")
    value: bool | int | float | complex = numbers.item()
    return value


def no_array(*_: object) -> object:
    """`numpy.ndarray` itself, which is named and never called."""
    raise PickleDamagedError("it has a numpy array without content")


def _numbers(kind: object, content: object) -> Tensor:
    """Bytes as a flat tensor."""
    if not isinstance(kind, NumpyType) or not isinstance(content, bytes):
        raise PickleDamagedError("it has a numpy array without numbers")
    if sys.byteorder != "little" or len(content) % kind.dtype.itemsize:
        raise PickleDamagedError("it has a numpy array that is cut off")
    if not content:
        return torch.empty(0, dtype=kind.dtype)
    return torch.frombuffer(bytearray(content), dtype=kind.dtype)
