"""Messages through a pipe: everything comes out as it went in, or as something near."""

from __future__ import annotations

import struct
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.backends.wire import pack, unpack

_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), _VALUES, max_size=4))
def test_a_message_comes_out_as_it_went_in(message: dict[str, Any]) -> None:
    assert unpack(pack(message)) == message


def test_what_json_cannot_say_arrives_as_something_near() -> None:
    class Array:
        def tolist(self) -> list[int]:
            return [1, 2]

    message = {
        "path": Path("a"),
        "set": {1},
        "view": memoryview(b"xy"),
        "mapping": MappingProxyType({"a": 1}),
        "array": Array(),
        "tuple": (1, 2),
        "strange": 1j,
        ("not", "text"): 1,
    }
    assert unpack(pack(message)) == {  # type: ignore[arg-type]
        "path": "a",
        "set": [1],
        "view": b"xy",
        "mapping": {"a": 1},
        "array": [1, 2],
        "tuple": [1, 2],
        "strange": "1j",
    }


def test_an_object_that_looks_like_bytes_is_left_as_it_is() -> None:
    assert unpack(pack({"a": {"$bytes": 0}})) == {"a": {"$bytes": 0}}
    assert unpack(pack({"a": {"$bytes": 5}, "b": b"x"})) == {"a": {"$bytes": 5}, "b": b"x"}


def test_half_characters_arrive() -> None:
    assert unpack(pack({"a": "\ud83d"})) == {"a": "\ud83d"}


def test_a_message_that_contains_itself_is_refused() -> None:
    message: dict[str, Any] = {}
    message["self"] = message
    with pytest.raises(ValueError, match="Circular"):
        pack(message)


@pytest.mark.parametrize(
    "content",
    [b"", b"\1\0\0\0", b"\0\0\0\0", struct.pack("<II", 1, 3) + b"{}", b"\xff" * 8],
)
def test_other_bytes_are_no_message(content: bytes) -> None:
    with pytest.raises(ValueError, match="no message"):
        unpack(content)
