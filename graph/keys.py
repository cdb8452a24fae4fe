"""Keys: what made a value, as a hash. Equal keys mean equal values.

A node's recipe is its class and version, its constants after coercion, the identities of the
values that its links bring and the content of the files it reads. An identity is the hash of a
value's content where it has one, so that a node that ran again and made the same thing leaves its
readers cached; otherwise (a model) it is derived from the recipe that made it. Bytes are tagged by
type: `1`, `1.0`, `"1"` and `True` differ. The node's id counts only for nodes that ask for it.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from graph.facts import fact

if TYPE_CHECKING:
    from collections.abc import Iterator


@fact()
class Recipe:
    """All that a node's result depends on.

    Attributes:
        class_type: The node's class.
        version: The class's version.
        constants: Typed-in values by input.
        sources: Identities of linked values by input.
        files: Content hashes of the files that constants name, by input.
        salt: What else counts: the node's id, or the folder that it writes to.
        stamp: What the node itself says of the state of the world.
    """

    class_type: str
    version: str
    constants: Mapping[str, object]
    sources: Mapping[str, bytes]
    files: Mapping[str, bytes]
    salt: tuple[str, ...] = ()
    stamp: object = None
    _key: bytes = field(default=b"", init=False, repr=False, compare=False)

    def key(self) -> bytes:
        """Return the recipe's SHA-256, 32 bytes."""
        if not self._key:
            object.__setattr__(self, "_key", self._hashed())
        return self._key

    def _hashed(self) -> bytes:
        constants = self.constants
        if self.files:
            # A file is known by its content; under which name makes no difference.
            constants = {name: v for name, v in constants.items() if name not in self.files}
        parts = [_name(self.class_type), _name(self.version)]
        for named in (constants, self.sources, self.files):
            _append_named(parts, named)
        parts += map(_name, self.salt)
        if self.stamp is not None:
            parts.append(b"stamp")
            _append(parts, self.stamp)
        return hashlib.sha256(b"".join(parts)).digest()


def canonical(value: object) -> bytes:
    """Return bytes that are equal if and only if the values are, types included.

    Args:
        value: None, bool, int, float, str, bytes, and lists, tuples and mappings of these.

    Raises:
        TypeError: It is something else.
    """
    scalar = _SCALARS.get(type(value))
    if scalar is not None:
        return scalar(value)
    parts: list[bytes] = []
    _append(parts, value)
    return b"".join(parts)


def output_identity(key: bytes, slot: int) -> bytes:
    """Return the identity of an output whose value has no content hash."""
    return hashlib.sha256(b"made by" + key + str(slot).encode()).digest()


def _append(parts: list[bytes], value: object) -> None:
    """Encode a value of any depth: a stack of iterators stands in for recursion."""
    stack: list[Iterator[object]] = [iter((value,))]
    while stack:
        for item in stack[-1]:
            inner = _encode(parts, item)
            if inner is not None:
                stack.append(inner)
                break
        else:
            stack.pop()


def _append_named(parts: list[bytes], values: Mapping[str, object]) -> None:
    """Encode a mapping of names to values that are mostly scalars, which is most of the work."""
    parts.append(b"m%d:" % len(values))
    for name in sorted(values):
        value = values[name]
        scalar = _SCALARS.get(type(value))
        parts.append(_name(name))
        if scalar is not None:
            parts.append(scalar(value))
        else:
            _append(parts, value)


def _encode(parts: list[bytes], value: object) -> Iterator[object] | None:
    """Append a scalar, or the head of a container whose items are returned."""
    scalar = next((_SCALARS[kind] for kind in type(value).__mro__ if kind in _SCALARS), None)
    if scalar is not None:
        parts.append(scalar(value))
    elif isinstance(value, list | tuple):
        parts.append(b"l%d:" % len(value))
        return iter(value)
    elif isinstance(value, Mapping):
        pairs = sorted(value.items(), key=_by_name)
        parts.append(b"m%d:" % len(pairs))
        return (part for pair in pairs for part in pair)
    else:
        raise TypeError(f"a {type(value).__name__} has no canonical bytes")
    return None


def _by_name(pair: tuple[object, object]) -> str:
    return repr(pair[0])


def _text(value: str) -> bytes:
    data = value.encode("utf-8", "surrogatepass")
    return b"s%d:%b" % (len(data), data)


_name = lru_cache(_text)
"""The same for names, which come again and again."""


def _number(value: float) -> bytes:
    # All NaNs are one value; 0.0 and −0.0 are two.
    return b"d" + struct.pack(">d", value if value == value else math.nan)  # noqa: PLR0124


_SCALARS: Mapping[type, Callable[[Any], bytes]] = {
    str: _text,
    bool: lambda value: b"t" if value else b"f",
    int: lambda value: b"i%x;" % value,
    float: _number,
    bytes: lambda value: b"y%d:%b" % (len(value), value),
    type(None): lambda _: b"n",
}
