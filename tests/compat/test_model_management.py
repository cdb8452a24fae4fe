"""Devices, memory and interruption as packs ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pytest

from compat.comfy import model_management
from graph.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from graph.folders import Folders

    Node: TypeAlias = Callable[..., AbstractContextManager[list[object]]]


def _refuse() -> None:
    raise Cancelled


def test_models_go_where_the_node_that_runs_computes(folders: Folders, node: Node) -> None:
    assert model_management.get_torch_device().type == "cpu"
    with node(device="meta"):
        assert model_management.get_torch_device().type == "meta"
        assert model_management.vae_device().type == "meta"
        assert model_management.intermediate_device().type == "cpu"
        assert model_management.unet_offload_device().type == "cpu"


def test_a_device_is_of_a_type(folders: Folders) -> None:
    device = model_management.get_torch_device()
    assert model_management.is_device_cpu(device)
    assert not model_management.is_device_cuda(device)
    assert not model_management.is_device_mps(None)
    assert model_management.cpu_mode()
    assert not model_management.mps_mode()
    assert not model_management.is_nvidia()
    assert model_management.get_torch_device_name(device) == "cpu"
    assert model_management.cpu_state is model_management.CPUState.CPU
    assert not model_management.should_use_fp16(device)
    assert not model_management.should_use_bf16()


def test_memory_is_what_the_machine_has(folders: Folders) -> None:
    total = model_management.get_total_memory()
    free = model_management.get_free_memory()
    assert 0 < free <= total
    assert len(model_management.get_free_memory(torch_free_too=True)) == 2


def test_sizes_are_in_bytes() -> None:
    torch = pytest.importorskip("torch")
    assert model_management.dtype_size(torch.float16) == 2
    assert model_management.module_size(torch.nn.Linear(3, 2)) == 4 * (6 + 2)


def test_what_the_engine_does_itself_is_quietly_done(folders: Folders) -> None:
    model_management.soft_empty_cache()
    model_management.load_models_gpu([object()], 5)
    model_management.unload_all_models()
    assert model_management.free_memory(1, "cpu") == []


def test_a_job_that_was_cancelled_is_interrupted(node: Node) -> None:
    model_management.throw_exception_if_processing_interrupted()
    with node():
        assert not model_management.processing_interrupted()
        model_management.throw_exception_if_processing_interrupted()
    with node(raise_if_cancelled=_refuse):
        assert model_management.processing_interrupted()
        with pytest.raises(model_management.InterruptProcessingException):
            model_management.throw_exception_if_processing_interrupted()


def test_a_node_can_stop_itself() -> None:
    model_management.interrupt_current_processing(value=False)
    with pytest.raises(Cancelled):
        model_management.interrupt_current_processing()


def test_what_is_not_there_is_said_to_be_missing() -> None:
    torch = pytest.importorskip("torch")
    assert model_management.OOM_EXCEPTION is torch.OutOfMemoryError
    with pytest.raises(AttributeError, match="no attribute 'moon'"):
        _ = model_management.moon
