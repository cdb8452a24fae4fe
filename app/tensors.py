"""What the engine must know about values and cannot, because it knows no tensors.

`storages` says which blocks of memory a value holds, so that the cache can keep to its budget and
count shared ones once. `content_hash` gives a value that is data (pictures, latents, conditioning)
a name of its own, so that a node that made the same thing again leaves its readers cached.
torch is never imported here: without it in the process there is no tensor to meet.
"""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING

from graph.keys import canonical

if TYPE_CHECKING:
    import torch
    from _typeshed import DataclassInstance
    from typing_extensions import TypeIs

_CODE = (type, FunctionType, BuiltinFunctionType, MethodType, ModuleType)
_SCALARS = (str, bytes, int, float, bool, type(None))


def storages(value: object) -> list[tuple[int, int]]:
    """Return the id and size in bytes of each block of memory that a value holds.

    Tensors are found in containers, dataclasses, modules and plain objects.
    """
    if "torch" not in sys.modules:
        return []
    blocks: dict[int, int] = {}
    seen: set[int] = set()
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, _SCALARS) or id(item) in seen:
            continue
        seen.add(id(item))
        # Values are of whatever classes packs bring; what cannot be looked into weighs nothing.
        with suppress(Exception):
            if is_tensor(item):
                block = item.untyped_storage()
                blocks[block.data_ptr()] = block.nbytes()
            else:
                todo.extend(_parts(item))
    blocks.pop(0, None)  # empty tensors hold nothing
    return list(blocks.items())


def _parts(item: object) -> Iterator[object]:
    """Yield what an object is made of, as far as tensors may be among it."""
    import torch

    if isinstance(item, Mapping):
        yield from item.values()
    elif isinstance(item, list | tuple | set | frozenset):
        yield from item
    elif isinstance(item, torch.nn.Module):
        yield from item.parameters()
        yield from item.buffers()
    elif dataclasses.is_dataclass(item) and not isinstance(item, type):
        for field in dataclasses.fields(item):
            yield getattr(item, field.name, None)
    elif not isinstance(item, _CODE):
        yield from getattr(item, "__dict__", {}).values()


def is_tensor(item: object) -> TypeIs[torch.Tensor]:
    """Whether a value is a tensor; answered without torch where there is none."""
    # While another thread imports torch, it is there and has no tensors yet.
    kind = getattr(sys.modules.get("torch"), "Tensor", None)
    return kind is not None and isinstance(item, kind)


def content_hash(value: object) -> bytes | None:
    """Return the SHA-256 of a value's content; None for a value that is more than data.

    Data are scalars, tensors, and lists, tuples, dictionaries with string keys and frozen
    dataclasses of these. What contains itself, or cannot be looked into, counts as more.
    """
    digest = hashlib.sha256()
    try:
        _feed(digest, value)
    except Exception:  # noqa: BLE001 - values are of whatever classes packs bring
        return None
    return digest.digest()


class _LiveObjectError(Exception):
    """A value has no content of its own: a model, for instance."""


def _feed(digest: hashlib._Hash, value: object) -> None:
    if isinstance(value, _SCALARS):
        digest.update(canonical(value))
    elif isinstance(value, list | tuple):
        digest.update(b"(%d:" % len(value))
        for item in value:
            _feed(digest, item)
    elif isinstance(value, dict) and all(isinstance(key, str) for key in value):
        digest.update(b"{%d:" % len(value))
        for key in sorted(value):
            digest.update(canonical(key))
            _feed(digest, value[key])
    elif is_tensor(value):
        _feed_tensor(digest, value)
    elif _is_frozen(value):
        kind = type(value)
        fields = [getattr(value, field.name) for field in dataclasses.fields(value)]
        digest.update(canonical(["dataclass", kind.__module__, kind.__qualname__]))
        _feed(digest, fields)
    else:
        raise _LiveObjectError


def _is_frozen(value: object) -> TypeIs[DataclassInstance]:
    """Whether a value is a dataclass whose fields are set once, so that they are all there is."""
    parameters = getattr(value, "__dataclass_params__", None)
    return parameters is not None and parameters.frozen and not isinstance(value, type)


def _feed_tensor(digest: hashlib._Hash, tensor: torch.Tensor) -> None:
    """Tensors are equal if their type, shape and bytes are, wherever they lie."""
    import torch

    if tensor.is_quantized or tensor.layout != torch.strided:
        raise _LiveObjectError
    digest.update(canonical(["tensor", str(tensor.dtype), list(tensor.shape)]))
    flat = tensor.detach().to("cpu").contiguous().reshape(-1)
    digest.update(flat.view(torch.uint8).numpy().data if flat.numel() else b"")
