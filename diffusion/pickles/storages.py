"""Tensors as views into a file's bytes, never beyond them.

A storage is a stretch of bytes in the file, which is mapped: a tensor costs memory only when it is
converted. What a pickle says of offsets, sizes and strides is checked against the storage.
"""

from __future__ import annotations

import io
import math
import mmap
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor

from diffusion.pickles.errors import PickleDamagedError

Buffer: TypeAlias = "mmap.mmap | bytearray"

# Views that repeat elements may be larger than what they look at, up to this many elements.
_LARGEST_EXPANDED = 2**24
_MOST_SIDES = 64
_NAMES = {
    "Double": torch.float64,
    "Float": torch.float32,
    "Half": torch.float16,
    "BFloat16": torch.bfloat16,
    "Long": torch.int64,
    "Int": torch.int32,
    "Short": torch.int16,
    "Char": torch.int8,
    "Byte": torch.uint8,
    "Bool": torch.bool,
    "ComplexFloat": torch.complex64,
    "ComplexDouble": torch.complex128,
}


@dataclass(frozen=True, eq=False)
class StorageType:
    """What a storage's elements are; None where each tensor says so itself."""

    dtype: torch.dtype | None

    @property
    def itemsize(self) -> int:
        """Bytes of an element."""
        return self.dtype.itemsize if self.dtype else 1


STORAGE_TYPES = {f"{name}Storage": StorageType(dtype) for name, dtype in _NAMES.items()}
STORAGE_TYPES["UntypedStorage"] = StorageType(None)


@dataclass(frozen=True, eq=False)
class Storage:
    """Bytes that tensors look into.

    Attributes:
        content: The bytes; on the meta device while it is not known where they are.
        type: What they are.
    """

    content: torch.UntypedStorage
    type: StorageType

    def view(
        self, offset: object, size: object, stride: object, dtype: torch.dtype | None = None
    ) -> Tensor:
        """A tensor of these bytes.

        Args:
            offset: Elements before the first.
            size: Sides.
            stride: Elements from one to the next along each side.
            dtype: Of storages without one.

        Raises:
            PickleDamagedError: It would reach beyond the storage, or is no tensor at all.
        """
        dtype = dtype or self.type.dtype
        sides, strides = _counts(size), _counts(stride)
        (first,) = _counts((offset,))
        if dtype is None or len(sides) != len(strides) or len(sides) > _MOST_SIDES:
            raise PickleDamagedError("it describes a tensor that cannot be")
        elements = math.prod(sides)
        held = self.content.nbytes() // dtype.itemsize
        if elements:
            last = first + sum((n - 1) * step for n, step in zip(sides, strides, strict=True))
            if last >= held:
                raise PickleDamagedError(
                    f"it has a tensor of shape {list(sides)} that reaches to element {last + 1} of "
                    f"a storage of {held}"
                )
            if elements > max(held, _LARGEST_EXPANDED):
                raise PickleDamagedError(f"it makes {elements} elements out of {held}")
        tensor = torch.empty(0, dtype=dtype, device=self.content.device)
        if not elements:
            return tensor.new_empty(0).as_strided(sides, strides)
        return tensor.set_(self.content, first, sides, strides)


def opened(buffer: Buffer) -> Any:  # noqa: ANN401 - whatever reads, seeks and tells
    """A buffer to be read like a file, from its beginning; a mapped file is not copied."""
    if isinstance(buffer, mmap.mmap):
        buffer.seek(0)
        return buffer
    return io.BytesIO(buffer)


def storage_at(buffer: Buffer, start: int, size: int, kind: StorageType) -> Storage:
    """A storage of bytes that are known to be in a buffer; the buffer lives as long as it does."""
    if not size:
        return Storage(torch.empty(0, dtype=torch.uint8).untyped_storage(), kind)
    content = torch.frombuffer(buffer, dtype=torch.uint8, count=size, offset=start)
    return Storage(content.untyped_storage(), kind)


def unplaced(size: int, kind: StorageType) -> Storage:
    """A storage without bytes, to read over a pickle with."""
    return Storage(torch.empty(size, dtype=torch.uint8, device="meta").untyped_storage(), kind)


def _counts(values: object) -> tuple[int, ...]:
    """Whole numbers from 0, as sides and strides must be."""
    if not isinstance(values, tuple | list):
        raise PickleDamagedError("it describes a tensor that cannot be")
    numbers = tuple(value for value in values if type(value) is int and 0 <= value < 2**62)
    if len(numbers) != len(values):
        raise PickleDamagedError("it describes a tensor that cannot be")
    return numbers
