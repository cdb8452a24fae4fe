"""What the engine's cache asks about values that it knows nothing about: content and size.

`content_hash` lets a node that ran again and made the same thing leave its readers cached;
`storages` says which memory a value holds, so that what two values share is counted once.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import torch
    from _typeshed import ReadableBuffer

# What holds no tensors, and need not be looked into.
_LEAVES = (
    *(str, bytes, int, float, complex, type(None), PurePath),
    *(type, FunctionType, MethodType, ModuleType),
)


class _Hash(Protocol):
    def update(self, data: "ReadableBuffer", /) -> None: ...


class _NoContentError(Exception):
    """A value is more than its bytes."""


def content_hash(value: object) -> bytes | None:
    """The SHA-256 of a value's content, the same in every process.

    Type and content count: 1, 1.0, True and "1" differ. A tensor is its dtype, shape and bytes,
    wherever it is. The order of a dictionary's keys does not count.

    Returns:
        32 bytes; None for what is more than bytes, a model for instance.
    """
    digest = hashlib.sha256()
    try:
        _feed(digest, value)
    except _NoContentError:
        return None
    return digest.digest()


def storages(value: object) -> Iterator[tuple[int, int]]:
    """The blocks of memory that the tensors of a value lie in, models included.

    Yields:
        An id and a size in bytes for each, once. Values that share a block yield the same id.
    """
    import torch

    seen: set[int] = set()
    for tensor in _tensors(value, set()):
        if tensor.layout is not torch.strided or tensor.is_meta:
            continue
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in seen:
            seen.add(storage.data_ptr())
            yield storage.data_ptr(), storage.nbytes()


def _feed(digest: _Hash, value: object) -> None:
    """Add a value; each begins with a letter for its type and its length, so none runs together."""
    import torch

    if value is None or isinstance(value, bool):
        digest.update(b"n" if value is None else b"b1" if value else b"b0")
    elif isinstance(value, int):
        _feed_bytes(digest, b"i", str(value).encode())
    elif isinstance(value, float):
        digest.update(b"f" + struct.pack("<d", value))
    elif isinstance(value, str):
        _feed_bytes(digest, b"s", value.encode("utf-8", "surrogatepass"))
    elif isinstance(value, bytes):
        _feed_bytes(digest, b"y", value)
    elif isinstance(value, torch.Tensor):
        _feed_tensor(digest, value)
    elif isinstance(value, Mapping):
        _feed_mapping(digest, value)
    elif isinstance(value, list | tuple) and type(value) in (list, tuple):
        _feed_items(digest, value)
    else:
        raise _NoContentError


def _feed_bytes(digest: _Hash, tag: bytes, data: bytes) -> None:
    digest.update(tag + struct.pack("<Q", len(data)))
    digest.update(data)


def _feed_tensor(digest: _Hash, tensor: "torch.Tensor") -> None:
    import torch

    if tensor.layout is not torch.strided or tensor.is_meta:
        raise _NoContentError
    _feed_bytes(digest, b"t", f"{tensor.dtype}{list(tensor.shape)}".encode())
    flat = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous().reshape(-1)
    digest.update(flat.view(torch.uint8).numpy().data)


def _feed_mapping(digest: _Hash, mapping: Mapping[object, object]) -> None:
    keys = [key for key in mapping if isinstance(key, str)]
    if len(keys) < len(mapping):
        raise _NoContentError
    digest.update(b"d" + struct.pack("<Q", len(keys)))
    for key in sorted(keys):
        _feed(digest, key)
        _feed(digest, mapping[key])


def _feed_items(digest: _Hash, items: Sequence[object]) -> None:
    digest.update(b"l" + struct.pack("<Q", len(items)))
    for item in items:
        _feed(digest, item)


def _tensors(value: object, seen: set[int]) -> Iterator["torch.Tensor"]:
    """Every tensor within a value: in containers, in modules, in attributes of objects."""
    import torch

    if isinstance(value, torch.Tensor):
        yield value
        return
    if isinstance(value, _LEAVES) or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, torch.nn.Module):
        yield from value.parameters()
        yield from value.buffers()
        return
    for child in _children(value):
        yield from _tensors(child, seen)


def _children(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return value
    slots = (name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ()))
    held = [getattr(value, name) for name in slots if hasattr(value, name)]
    return [*held, *getattr(value, "__dict__", {}).values()]
