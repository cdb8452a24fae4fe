"""Pages of mapped files go when they were read, and nothing else does."""

import re
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from diffusion.mapped_memory import MappedMemory
from diffusion.modules import Placement, assemble
from diffusion.weights import read_weights
from tests.support.tensors import noise

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel is asked, Linux's")

SIDE = 4096


def _mapped_pages() -> int:
    """Bytes of mapped files that count as this process's memory."""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"RssFile:\s+(\d+) kB", text)
    assert found is not None
    return int(found[1]) * 1024


@pytest.fixture
def path(tmp_path: Path) -> Path:
    save_file({"weight": noise(SIDE, SIDE).half(), "bias": noise(3)}, tmp_path / "x.safetensors")
    return tmp_path / "x.safetensors"


def test_pages_that_are_given_back_no_longer_count_and_are_fetched_again(path: Path) -> None:
    weight = read_weights(path).tensors["weight"]
    total = weight.double().sum()
    before = _mapped_pages()

    assert MappedMemory().give_back(weight)

    assert before - _mapped_pages() > 0.9 * weight.nbytes
    assert weight.double().sum() == total


def test_memory_that_is_no_files_is_left_alone() -> None:
    tensor = noise(SIDE, SIDE)
    expected = tensor.clone()

    assert not MappedMemory().give_back(tensor)

    assert torch.equal(tensor, expected)


def test_a_tensor_smaller_than_a_page_is_left_alone(path: Path) -> None:
    bias = read_weights(path).tensors["bias"]

    assert not MappedMemory().give_back(bias)
    assert torch.equal(bias, noise(3))


def test_a_module_keeps_no_pages_of_weights_that_were_converted(path: Path) -> None:
    tensors = read_weights(path).tensors
    before = _mapped_pages()

    def make() -> torch.nn.Module:
        return torch.nn.Linear(SIDE, SIDE, bias=False)

    module = assemble(make, tensors, Placement("x", torch.device("cpu"), torch.float32))

    assert _mapped_pages() - before < 0.5 * tensors["weight"].nbytes
    assert torch.equal(module.get_parameter("weight"), tensors["weight"].float())
