"""Values as bytes and back, to the bit, for the results that are kept on the disk.

A value is plain data (None, true and false, numbers, text, bytes), a tensor, or a list, tuple or
dictionary with text for keys of such; or several items of one link, or word that one is blocked.
So pictures, masks, latents and conditioning can be written; a model cannot. The bytes are a
safetensors file: the tensors, and in its metadata, as JSON, how the values are made of them.
Nothing that is read is ever executed. torch is imported when there is a tensor to be made.
"""

from __future__ import annotations

import base64
import json
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from app.tensor_bytes import bytes_of, is_data, levels_of, memory_order, read_tensors, type_name
from app.tensors import is_tensor
from graph.result import Blocked, Items

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import torch

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

_PLAIN = frozenset({type(None), bool, int, float, str})
_SEQUENCES: dict[type, str] = {list: "list", tuple: "tuple", Items: "items"}
_DEEPEST = 64
_LONGEST = 4096
"""Bits of a number; Python reads no longer ones from text."""
_STRUCTURE = "safelight.values"
_LENGTH = struct.Struct("<Q")


class _LiveObjectError(Exception):
    """A value is more than data."""


@dataclass(slots=True)
class _Packing:
    """Takes values apart into JSON and tensors."""

    tensors: list[torch.Tensor] = field(default_factory=list)
    characters: int = 0

    def describe(self, value: object, depth: int = 0) -> Json:
        kind = type(value)
        if value is None or isinstance(value, bool | int | float | str):
            return self._describe_scalar(value)
        if depth > _DEEPEST:
            raise _LiveObjectError
        if isinstance(value, bytes) and kind is bytes:
            self.characters += len(value) * 4 // 3
            return {"bytes": base64.b64encode(value).decode()}
        if isinstance(value, Blocked):
            return {"blocked": self._describe_scalar(value.message)}
        if isinstance(value, list | tuple) and kind in _SEQUENCES:
            return {_SEQUENCES[kind]: [self.describe(item, depth + 1) for item in value]}
        if isinstance(value, dict) and kind is dict and all(type(key) is str for key in value):
            return {"dict": {key: self.describe(item, depth + 1) for key, item in value.items()}}
        return self._describe_tensor(value)

    def _describe_scalar(self, value: bool | float | str | None) -> Json:
        if type(value) not in _PLAIN:
            raise _LiveObjectError  # an enumeration, for instance
        if isinstance(value, str):
            if not _is_text(value):
                raise _LiveObjectError
            self.characters += len(value)
        elif isinstance(value, int) and value.bit_length() > _LONGEST:
            raise _LiveObjectError
        return value

    def _describe_tensor(self, value: object) -> Json:
        if not is_tensor(value) or not is_data(value):
            raise _LiveObjectError
        order = memory_order(value)
        self.tensors.append(value.permute(order))
        facts: dict[str, Json] = {"tensor": len(self.tensors) - 1}
        if order != sorted(order):
            facts["order"] = [*order]
        return facts


class ValueCodec:
    """Writes and reads what nodes made. See `graph.codec.Codec`."""

    def weigh(self, values: tuple[object, ...]) -> int | None:
        """Return about how many bytes values will take; None if some cannot be written."""
        packing = _Packing()
        try:
            packing.describe(values)
        except Exception:  # noqa: BLE001 - values are of whatever classes packs bring
            return None
        return packing.characters + sum(tensor.nbytes for tensor in packing.tensors)

    def encode(self, values: tuple[object, ...]) -> Iterator[memoryview | bytes]:
        """Return the bytes of values that have a weight: the header, then each tensor."""
        packing = _Packing()
        structure = packing.describe(values)
        blocks: list[memoryview] = []
        scaled: list[Json] = []
        header: dict[str, Json] = {}
        end = 0
        for place, tensor in enumerate(packing.tensors):
            whole = tensor.contiguous()
            levels = levels_of(whole)
            stored = whole if levels is None else levels
            if levels is not None:
                scaled.append(place)
            begin, end = end, end + stored.nbytes
            header[str(place)] = {
                "dtype": type_name(stored),
                "shape": [*stored.shape],
                "data_offsets": [begin, end],
            }
            blocks.append(bytes_of(stored))
        facts = json.dumps({"values": structure, "of255": scaled})
        header["__metadata__"] = {_STRUCTURE: facts}
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        yield _LENGTH.pack(len(text)) + text
        yield from blocks

    def decode(self, content: bytes) -> tuple[object, ...]:
        """Return the values.

        Raises:
            ValueError: The bytes do not mean any.
        """
        try:
            (length,) = _LENGTH.unpack_from(content)
            header = json.loads(content[_LENGTH.size : _LENGTH.size + length])
            facts = json.loads(header.pop("__metadata__")[_STRUCTURE])
            tensors = read_tensors(content, facts["of255"]) if header else {}
            values = _restore(facts["values"], tensors)
        except (KeyError, TypeError, IndexError, struct.error, RuntimeError) as error:
            raise ValueError(f"these bytes are no values: {error}") from error
        if not isinstance(values, tuple):
            raise ValueError("these bytes are no tuple of values")  # noqa: TRY004
        return values


def _is_text(value: str) -> bool:
    """Whether JSON can say it: halves of characters would come back joined."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _restore(described: Json, tensors: Mapping[str, torch.Tensor]) -> object:
    if not isinstance(described, dict | list):
        return described
    match described:
        case {"list": list(items)}:
            value: object = [_restore(item, tensors) for item in items]
        case {"tuple": list(items)}:
            value = tuple(_restore(item, tensors) for item in items)
        case {"items": list(items)}:
            value = Items(_restore(item, tensors) for item in items)
        case {"blocked": (str() | None) as message}:
            value = Blocked(message)
        case {"dict": dict(items)}:
            value = {key: _restore(item, tensors) for key, item in items.items()}
        case {"bytes": str(text)}:
            value = base64.b64decode(text)
        case {"tensor": int(place), "order": list(order)}:
            value = tensors[str(place)].permute([order.index(at) for at in range(len(order))])
        case {"tensor": int(place)}:
            value = tensors[str(place)]
        case _:
            raise ValueError("these bytes are no values")
    return value
