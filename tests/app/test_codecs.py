"""ValueCodec: what nodes made comes back to the bit; what has no bytes is not written."""

from __future__ import annotations

import enum
import json
import math
import struct
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load

from app.bootstrap.start import ROOT
from app.codecs import ValueCodec
from app.tensors import content_hash
from graph.result import Blocked, Items
from tests.support.tensors import noise, picture

if TYPE_CHECKING:
    from torch import Tensor

CODEC = ValueCodec()


def _written(*values: object) -> bytes:
    return b"".join(CODEC.encode(values))


def _again(value: object) -> object:
    (value,) = CODEC.decode(_written(value))
    return value


def _same(left: Tensor, right: object) -> bool:
    """Whether two tensors are of the same type and shape and have the same bits."""
    assert isinstance(right, torch.Tensor)
    assert (left.dtype, left.shape) == (right.dtype, right.shape)
    bits = [tensor.contiguous().reshape(-1).view(torch.uint8) for tensor in (left, right)]
    return torch.equal(*bits)


DTYPES = [
    torch.bool,
    torch.uint8,
    torch.int8,
    torch.int16,
    torch.int32,
    torch.int64,
    torch.float8_e4m3fn,
    torch.float8_e5m2,
    torch.bfloat16,
    torch.float16,
    torch.float32,
    torch.float64,
]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_tensors_of_every_type_come_back_to_the_bit(dtype: torch.dtype) -> None:
    tensor = (noise(3, 5) * 3).to(dtype)
    assert _same(tensor, _again(tensor))


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (1,), (1, 1, 1), (2, 3, 4, 5)], ids=str)
def test_tensors_of_every_shape_come_back(shape: tuple[int, ...]) -> None:
    tensor = noise(*shape)
    assert _same(tensor, _again(tensor))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.0, 256 / 255])
def test_odd_numbers_come_back_to_the_bit(number: float) -> None:
    assert _same(torch.tensor([number, 0.5]), _again(torch.tensor([number, 0.5])))
    assert struct.pack("d", number) == struct.pack("d", _again(number))


def test_a_latent_comes_back() -> None:
    latent = {"samples": noise(2, 4, 8, 8), "batch_index": [3, 4], "noise_mask": picture(1, 64, 64)}
    again = _again(latent)
    assert isinstance(again, dict)
    assert list(again) == list(latent)
    assert again["batch_index"] == [3, 4]
    assert _same(noise(2, 4, 8, 8), again["samples"])
    assert content_hash(again) == content_hash(latent)


def test_conditioning_comes_back() -> None:
    pooled = noise(1, 8, seed=1).to(torch.bfloat16)
    conditioning = [[noise(1, 77, 8), {"pooled_output": pooled, "strength": 0.5}]]
    again = _again(conditioning)
    assert content_hash(again) == content_hash(conditioning)


def test_a_node_with_several_outputs_has_them_all_again() -> None:
    values = CODEC.decode(_written(noise(2), None, "text", (1, 2)))
    assert _same(noise(2), values[0])
    assert values[1:] == (None, "text", (1, 2))


def test_a_tensor_that_is_turned_comes_back_turned() -> None:
    turned = noise(2, 3, 4, 5).permute(0, 2, 3, 1)
    again = _again(turned)
    assert _same(turned, again)
    assert isinstance(again, torch.Tensor)
    assert again.stride() == turned.stride()


@pytest.mark.parametrize("tensor", [noise(4, 6)[:, ::2], noise(1, 3).expand(5, 3), noise(9)[2:4]])
def test_a_part_of_a_tensor_comes_back_alone(tensor: Tensor) -> None:
    again = _again(tensor)
    assert _same(tensor, again)
    assert isinstance(again, torch.Tensor)
    assert again.untyped_storage().nbytes() == again.nbytes


def test_what_comes_back_shares_nothing() -> None:
    tensor = noise(3)
    first, second = (item for item in CODEC.decode(_written(tensor, tensor)))
    assert isinstance(first, torch.Tensor)
    assert isinstance(second, torch.Tensor)
    first += 1
    assert _same(tensor, second)
    assert _same(noise(3), tensor)


def test_a_picture_of_bytes_takes_a_byte_for_each_number() -> None:
    levels = torch.randint(0, 256, (1, 40, 40, 3), generator=torch.Generator().manual_seed(0))
    image = levels.to(torch.float32) / 255
    written = _written(image)
    assert len(written) < image.nbytes // 4 + 500
    assert _same(image, _again(image))


def test_a_picture_that_is_almost_of_bytes_comes_back_to_the_bit() -> None:
    image = torch.zeros(1, 40, 40, 3)
    image[0, 39, 39, 2] = 0.3
    assert _same(image, _again(image))


def test_what_is_written_is_a_safetensors_file() -> None:
    (tensor,) = load(_written({"samples": noise(2, 3)})).values()
    assert _same(noise(2, 3), tensor)


class Colour(enum.IntEnum):
    """Looks like a number and is none."""

    RED = 1


class Special(torch.nn.Parameter):
    """Looks like a tensor and is more."""


@pytest.mark.parametrize(
    "value",
    [
        object(),
        torch.nn.Linear(1, 1),
        Special(torch.zeros(1)),
        torch.zeros(1, requires_grad=True),
        torch.zeros(2, 2).to_sparse(),
        torch.zeros(1, dtype=torch.complex64),
        torch.zeros(1, device="meta"),
        {1: "a number for a key"},
        {"model": object()},
        [[["deep", len]]],
        {1, 2},
        Colour.RED,
        1 << 5000,
        "half a character: \ud83d",
        1j,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_more_than_data_has_no_weight(value: object) -> None:
    assert CODEC.weigh((noise(1), value)) is None


def test_something_that_contains_itself_has_no_weight() -> None:
    ring: list[object] = []
    ring.append(ring)
    assert CODEC.weigh((ring,)) is None


def test_the_weight_is_about_the_size() -> None:
    values = (noise(100, 100), "x" * 1000, {"a": b"y" * 1000})
    weight = CODEC.weigh(values)
    assert weight is not None
    assert weight == pytest.approx(len(_written(*values)), rel=0.05)


Data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@settings(deadline=None)
@given(Data)
def test_plain_data_comes_back_with_its_types(value: object) -> None:
    assert repr(_again(value)) == repr(value)


def test_plain_data_comes_back_without_torch() -> None:
    script = (
        "import sys; from app.codecs import ValueCodec; c = ValueCodec();"
        "assert c.decode(b''.join(c.encode((1, ['a', None], {'b': b'c'}))))"
        " == (1, ['a', None], {'b': b'c'}); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


def _with_header(header: object) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"short",
        b"\xff" * 64,
        _with_header([]),
        _with_header({}),
        _with_header({"__metadata__": {}}),
        _with_header({"__metadata__": {"safelight.values": "{"}}),
        _with_header({"__metadata__": {"safelight.values": '{"values": 1, "of255": []}'}}),
        _with_header(
            {"__metadata__": {"safelight.values": '{"values": {"tuple": [{"tensor": 0}]}}'}}
        ),
        _with_header(
            {"__metadata__": {"safelight.values": '{"values": {"call": []}, "of255": []}'}}
        ),
        _with_header(
            {
                "__metadata__": {"safelight.values": '{"values": {"tuple": []}, "of255": []}'},
                "0": {"dtype": "F32", "shape": [9], "data_offsets": [0, 36]},
            }
        ),
    ],
)
def test_what_means_no_values_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        CODEC.decode(content)


def test_values_cut_short_anywhere_are_refused() -> None:
    whole = _written(noise(2, 2), "text")
    for length in range(len(whole)):
        with pytest.raises(ValueError, match=r"."):
            CODEC.decode(whole[:length])


def test_several_items_of_a_link_and_blocked_ones_come_back_as_such() -> None:
    values = (Items((torch.ones(2), 1, Blocked("no"))), (1, 2), Blocked())
    items, *others = CODEC.decode(_written(*values))
    assert isinstance(items, Items)
    assert _same(torch.ones(2), items[0])
    assert (items[1:], others) == ((1, Blocked("no")), [(1, 2), Blocked()])
    assert type(others[0]) is tuple
