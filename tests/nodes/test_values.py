"""What the cache is told about values."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch

from nodes.values import content_hash, storages

_LATENT = {"samples": torch.arange(8.0).reshape(1, 2, 2, 2), "batch_index": [0]}


@dataclass(frozen=True)
class _Loaded:
    network: torch.nn.Module
    buffers: dict[str, torch.Tensor] = field(default_factory=dict)


def test_equal_content_has_an_equal_hash() -> None:
    again = {"batch_index": [0], "samples": torch.arange(8.0).reshape(1, 2, 2, 2)}

    assert content_hash(again) == content_hash(_LATENT)


def test_a_view_hashes_as_its_copy_does() -> None:
    whole = torch.arange(12.0).reshape(3, 4)

    assert content_hash(whole.T) == content_hash(whole.T.contiguous())
    assert content_hash(whole[1]) == content_hash(whole[1].clone())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        (1, "1"),
        (None, ""),
        (b"a", "a"),
        (["ab", "c"], ["a", "bc"]),
        ([[1], 2], [[1, 2]]),
        (torch.zeros(2), torch.zeros(2, dtype=torch.float64)),
        (torch.zeros(2, 3), torch.zeros(3, 2)),
        (torch.zeros(2), torch.tensor([0.0, 1e-30])),
        (torch.tensor(1.0), torch.tensor([1.0])),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 1, "b": None}),
    ],
)
def test_different_content_has_a_different_hash(one: object, other: object) -> None:
    assert content_hash(one) != content_hash(other)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.bool, torch.int64])
def test_tensors_of_any_dtype_have_a_hash(dtype: torch.dtype) -> None:
    assert content_hash(torch.ones(3, dtype=dtype)) is not None
    assert content_hash(torch.ones(0, dtype=dtype)) is not None


@pytest.mark.parametrize(
    "value",
    [torch.nn.Linear(2, 2), _Loaded(torch.nn.Identity()), [1, object()], {1: 2}, {"f": len}],
)
def test_what_is_more_than_bytes_has_no_hash(value: object) -> None:
    assert content_hash(value) is None


def test_the_hash_is_the_same_in_another_process() -> None:
    code = (
        "import torch; from nodes.values import content_hash;"
        "print(content_hash({'samples': torch.arange(8.0).reshape(1, 2, 2, 2),"
        " 'batch_index': [0]}).hex())"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", code]
    other = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)

    own = content_hash(_LATENT)
    assert own is not None
    assert other.stdout.strip() == own.hex()


def test_views_of_one_storage_count_once_and_as_a_whole() -> None:
    whole = torch.zeros(1000)

    assert [size for _, size in storages([whole[:10], {"rest": whole[10:]}])] == [4000]


def test_a_model_counts_its_parameters_and_buffers_once() -> None:
    norm = torch.nn.BatchNorm1d(5)
    linear = torch.nn.Linear(10, 10, bias=False)
    loaded = _Loaded(torch.nn.ModuleList([linear, norm, norm]), {"again": linear.weight})

    sizes = [size for _, size in storages(loaded)]

    assert sum(sizes) == 400 + 4 * 5 * 4 + 8  # weight; weight, bias, mean, variance; counter


def test_two_values_that_share_memory_yield_the_same_id() -> None:
    layer = torch.nn.Linear(3, 3)

    assert set(storages(layer.weight)) < set(storages(_Loaded(layer)))


def test_values_that_refer_to_themselves_end() -> None:
    circle: list[object] = [torch.zeros(2)]
    circle.append(circle)

    assert [size for _, size in storages(circle)] == [8]


def test_plain_values_hold_no_storages() -> None:
    assert list(storages(["text", 1, None, {"a": 2.0}])) == []
