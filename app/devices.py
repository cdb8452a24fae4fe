"""Which device the numerics run on, and how much memory it has. torch is imported when asked."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app import memory
from app.errors import InputError

if TYPE_CHECKING:
    from types import ModuleType


@dataclass(frozen=True)
class Device:
    """A device that torch can use.

    Attributes:
        name: As torch writes it: `cpu`, `cuda:0`, `mps`.
        label: What it is, for people.
        total: Bytes of memory, None where the system does not say.
        free: Bytes of memory that are free now, None where the system does not say.
        dtype: The precision that models compute in there.
    """

    name: str
    label: str
    total: int | None
    free: int | None
    dtype: str = "float32"


def load_torch() -> ModuleType:
    """Import torch, the first time with its threads told to sleep while they wait for work.

    OpenMP's threads spin otherwise, and on a busy machine steal the very processor that they wait
    for: sampling took 3 to 8 times as long with two programs on two cores.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    return torch


def resolve(wish: str) -> str:
    """Turn `auto` into the fastest device there is, and check that a named one is there.

    Raises:
        InputError: This machine, or this build of torch, has no such device.
    """
    torch = load_torch()
    if wish == "cpu":
        return wish

    if wish == "auto":
        if torch.cuda.is_available():
            return "cuda:0"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    if wish == "mps":
        there = torch.backends.mps.is_available()
    else:
        there = int(wish.split(":")[1]) < torch.cuda.device_count()
    if not there:
        raise InputError(
            f"--device {wish}: torch {torch.__version__} sees no such device on this machine;"
            f" it sees {', '.join(device.name for device in available())}"
        )
    return wish


def available() -> tuple[Device, ...]:
    """List the devices, the fastest first."""
    torch = load_torch()
    devices = []
    for index in range(torch.cuda.device_count()):
        gpu_free, gpu_total = torch.cuda.mem_get_info(index)
        label = torch.cuda.get_device_name(index)
        devices.append(Device(f"cuda:{index}", label, gpu_total, gpu_free))
    total, free = memory.total(), memory.free()
    if torch.backends.mps.is_available():
        devices.append(Device("mps", "Apple GPU (Metal)", total, free))
    cores = torch.get_num_threads()
    devices.append(Device("cpu", f"{cores} thread{'s' if cores > 1 else ''}", total, free))
    return tuple(devices)
