"""`comfy.model_management`: devices, memory, and being interrupted.

Where models are while nobody uses them is the engine's business: packs that ask for models to be
loaded or freed are told that this was done.
"""

from __future__ import annotations

import gc
import sys
from enum import Enum
from typing import TYPE_CHECKING, Any

from compat import surroundings
from graph.errors import Cancelled as InterruptProcessingException

if TYPE_CHECKING:
    from collections.abc import Iterable

    import torch

__all__ = ["InterruptProcessingException"]


class VRAMState(Enum):
    """How sparing ComfyUI is with a graphics card's memory; we always are as sparing as needed."""

    DISABLED = 0
    NO_VRAM = 1
    LOW_VRAM = 2
    NORMAL_VRAM = 3
    HIGH_VRAM = 4
    SHARED = 5


class CPUState(Enum):
    """What computes."""

    GPU = 0
    CPU = 1
    MPS = 2


vram_state = VRAMState.NORMAL_VRAM
current_loaded_models: list[Any] = []


def __getattr__(name: str) -> Any:  # noqa: ANN401 - of a module
    if name == "OOM_EXCEPTION":
        import torch

        return torch.OutOfMemoryError
    if name == "cpu_state":
        return {"cpu": CPUState.CPU, "mps": CPUState.MPS}.get(get_torch_device().type, CPUState.GPU)
    raise AttributeError(f"module 'comfy.model_management' has no attribute {name!r}")


def get_torch_device() -> torch.device:
    """Return where models compute."""
    import torch

    return torch.device(surroundings.device())


def _cpu() -> torch.device:
    import torch

    return torch.device("cpu")


def intermediate_device() -> torch.device:
    """Return where values wait between nodes."""
    return _cpu()


def unet_offload_device() -> torch.device:
    """Return where a denoiser waits while it is not used."""
    return _cpu()


def text_encoder_offload_device() -> torch.device:
    """Return where a text encoder waits while it is not used."""
    return _cpu()


def vae_offload_device() -> torch.device:
    """Return where a decoder waits while it is not used."""
    return _cpu()


def text_encoder_device() -> torch.device:
    """Return where a text encoder computes."""
    return get_torch_device()


def vae_device() -> torch.device:
    """Return where a decoder computes."""
    return get_torch_device()


def get_torch_device_name(device: torch.device) -> str:
    """Return what a device is called."""
    import torch

    if device.type == "cuda":
        return f"{device} {torch.cuda.get_device_name(device)}"
    return device.type


def is_device_type(device: Any, type: str) -> bool:  # noqa: A002, ANN401 - as packs call it
    """Whether a device is of a type."""
    return getattr(device, "type", None) == type


def is_device_cpu(device: Any) -> bool:  # noqa: ANN401 - as packs call it
    """Whether a device is the processor."""
    return is_device_type(device, "cpu")


def is_device_cuda(device: Any) -> bool:  # noqa: ANN401 - as packs call it
    """Whether a device is one of NVIDIA's, or of AMD's under the same name."""
    return is_device_type(device, "cuda")


def is_device_mps(device: Any) -> bool:  # noqa: ANN401 - as packs call it
    """Whether a device is Apple's."""
    return is_device_type(device, "mps")


def cpu_mode() -> bool:
    """Whether the processor computes."""
    return is_device_cpu(get_torch_device())


def mps_mode() -> bool:
    """Whether Apple's graphics processor computes."""
    return is_device_mps(get_torch_device())


def is_nvidia() -> bool:
    """Whether one of NVIDIA's cards computes."""
    import torch

    return is_device_cuda(get_torch_device()) and torch.version.cuda is not None


def is_amd() -> bool:
    """Whether one of AMD's cards computes."""
    import torch

    return is_device_cuda(get_torch_device()) and torch.version.hip is not None


def should_use_fp16(device: torch.device | None = None, **_: Any) -> bool:  # noqa: ANN401 - as packs call it
    """Whether half precision is the faster one."""
    return is_device_cuda(device or get_torch_device())


def should_use_bf16(device: torch.device | None = None, **_: Any) -> bool:  # noqa: ANN401 - as packs call it
    """Whether the device computes in bfloat16."""
    import torch

    device = device or get_torch_device()
    return is_device_cuda(device) and torch.cuda.is_bf16_supported()


def get_total_memory(dev: torch.device | None = None) -> int:
    """Return the bytes that a device has."""
    return _memory(dev or get_torch_device())[1]


def get_free_memory(dev: torch.device | None = None, torch_free_too: bool = False) -> Any:  # noqa: ANN401 - as packs call it
    """Return the bytes that are free on a device; twice where both are asked for."""
    free = _memory(dev or get_torch_device())[0]
    return (free, free) if torch_free_too else free


def _memory(device: torch.device) -> tuple[int, int]:
    import os

    import torch

    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)
    if not hasattr(os, "sysconf") or "SC_AVPHYS_PAGES" not in os.sysconf_names:
        return 4 * 2**30, 8 * 2**30  # no way to ask that needs no further package
    page = os.sysconf("SC_PAGE_SIZE")
    return page * os.sysconf("SC_AVPHYS_PAGES"), page * os.sysconf("SC_PHYS_PAGES")


def soft_empty_cache(force: bool = False) -> None:  # noqa: ARG001 - packs call it so
    """Give memory that nothing uses back to the device."""
    torch = sys.modules.get("torch")
    if torch is None:
        return
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()


def load_models_gpu(models: Iterable[Any], *_: Any, **__: Any) -> None:  # noqa: ANN401 - as packs call it
    """Do nothing: models move when they compute."""


def load_model_gpu(model: Any) -> None:  # noqa: ANN401 - as packs call it
    """Do nothing: models move when they compute."""


def free_memory(memory_required: float, device: Any, keep_loaded: Any = ()) -> list[Any]:  # noqa: ANN401, ARG001 - as packs call it
    """Give memory that nothing uses back to the device."""
    soft_empty_cache()
    return []


def unload_all_models() -> None:
    """Give memory that nothing uses back to the device."""
    soft_empty_cache()


def cleanup_models() -> None:
    """Do nothing: what nobody holds is gone."""


def dtype_size(dtype: torch.dtype) -> int:
    """Return the bytes of one number."""
    return dtype.itemsize


def module_size(module: Any) -> int:  # noqa: ANN401 - a torch module
    """Return the bytes of a module's weights."""
    return sum(tensor.nbytes for tensor in module.state_dict().values())


def xformers_enabled() -> bool:
    """Whether attention is that of the package xformers: never."""
    return False


def pytorch_attention_enabled() -> bool:
    """Whether attention is torch's own: always."""
    return True


def processing_interrupted() -> bool:
    """Whether the job was cancelled."""
    try:
        throw_exception_if_processing_interrupted()
    except InterruptProcessingException:
        return True
    return False


def throw_exception_if_processing_interrupted() -> None:
    """Stop here if the job was cancelled.

    Raises:
        Cancelled: It was.
    """
    context = surroundings.running()
    if context is not None:
        context.check_cancelled()


def interrupt_current_processing(value: bool = True) -> None:
    """Stop the node that runs here, as if the user had cancelled.

    Raises:
        Cancelled: Always, unless the value is false.
    """
    if value:
        raise InterruptProcessingException
