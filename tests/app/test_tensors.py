"""What the cache learns about values."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import pytest
import torch

from app.bootstrap.start import ROOT
from app.tensors import content_hash, storages


@dataclass
class Model:
    network: torch.nn.Module
    name: str = "model"


class Plain:
    def __init__(self, tensor: torch.Tensor) -> None:
        self.inner = {"weights": [tensor]}
        self.myself = self

    def __call__(self) -> None:
        """Networks can be called, and count all the same."""


def total(value: object) -> int:
    return sum(size for _, size in storages(value))


def test_tensors_are_found_in_containers_dataclasses_modules_and_objects() -> None:
    linear = torch.nn.Linear(10, 10, bias=False)
    assert total(Model(linear)) == 400
    assert total(Plain(torch.zeros(5))) == 20
    assert total([({"samples": torch.zeros(2, 2)}, 3), "text", None]) == 16


def test_memory_that_is_shared_counts_once_and_a_view_counts_as_the_whole() -> None:
    whole = torch.zeros(100)
    assert total([whole, whole[:10], whole.view(10, 10)]) == 400
    assert total(whole[:10]) == 400


def test_values_without_tensors_hold_nothing() -> None:
    assert storages({"a": [1, "b", None], "empty": torch.zeros(0)}) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.arange(6.0).reshape(2, 3),
        lambda: {"samples": torch.zeros(1, 4, 2, 2), "batch_index": [0]},
        lambda: [[torch.ones(1, 77, 8), {"pooled_output": None, "strength": 1.0}]],
        lambda: ("text", 3, None, True),
        lambda: torch.zeros(0, 3),
        lambda: torch.tensor(1.5, dtype=torch.bfloat16),
    ],
)
def test_equal_data_have_equal_hashes(make: object) -> None:
    assert callable(make)
    first, second = content_hash(make()), content_hash(make())
    assert first == second
    assert first is not None
    assert len(first) == 32


def test_different_data_have_different_hashes() -> None:
    values: list[object] = [
        torch.zeros(2, 3),
        torch.zeros(3, 2),
        torch.zeros(2, 3, dtype=torch.float64),
        torch.ones(2, 3),
        [torch.zeros(2, 3)],
        {"a": torch.zeros(2, 3)},
        {"b": torch.zeros(2, 3)},
        1,
        1.0,
        "1",
        True,
        None,
        [],
        {},
        [[], 1],
        [[1]],
    ]
    hashes = [content_hash(value) for value in values]
    assert len(set(hashes)) == len(values)


def test_memory_layout_does_not_count() -> None:
    tensor = torch.arange(6.0).reshape(2, 3)
    assert content_hash(tensor.t()) == content_hash(tensor.t().contiguous())


def test_models_have_no_content_hash() -> None:
    assert content_hash(Model(torch.nn.Linear(1, 1))) is None
    assert content_hash([1, Plain(torch.zeros(1))]) is None


def test_asking_imports_no_torch() -> None:
    script = (
        "import sys; from app.tensors import storages, content_hash;"
        "storages([1, object()]); content_hash({'a': [1.0, object()]});"
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


@dataclass(frozen=True)
class Wish:
    name: str
    amounts: tuple[float, ...] = ()


@dataclass(frozen=True)
class OtherWish:
    name: str
    amounts: tuple[float, ...] = ()


def test_a_frozen_dataclass_of_data_is_known_by_its_class_and_fields() -> None:
    wish = Wish("euler", (1.0, 2.0))

    assert content_hash(wish) == content_hash(Wish("euler", (1.0, 2.0))) is not None
    others = [Wish("heun", (1.0, 2.0)), Wish("euler", (1.0,)), OtherWish("euler", (1.0, 2.0))]
    assert content_hash(wish) not in [content_hash(other) for other in others]
    assert content_hash([wish]) != content_hash(["euler", (1.0, 2.0)])


def test_a_dataclass_that_could_change_or_holds_more_than_data_has_no_content() -> None:
    assert content_hash(Model(torch.nn.Linear(1, 1))) is None
    assert content_hash(Wish("euler", (torch.nn.Linear(1, 1),))) is None  # type: ignore[arg-type]
    assert content_hash(Wish) is None


def test_torch_that_another_thread_is_importing_has_no_tensors_yet() -> None:
    script = (
        "import sys, types; from app.tensors import content_hash, is_tensor;"
        "sys.modules['torch'] = types.ModuleType('torch');"
        "sys.exit(is_tensor('text') or content_hash(('text',)) is None)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
