"""Which device the numerics run on, and how much memory it has. torch is imported when asked."""

from __future__ import annotations

import importlib.metadata
import os
import sys
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
    dtype: str


def prepare() -> None:
    """Have torch's threads sleep while they wait for work, when it will be imported.

    OpenMP's threads spin otherwise, and on a busy machine steal the very processor that they wait
    for: sampling took 3 to 8 times as long with two programs on two cores.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def load_torch() -> ModuleType:
    """Import torch, prepared."""
    prepare()
    import torch

    return torch


def resolve(wish: str) -> str:
    """Turn `auto` into the fastest device there is, and check that a named one is there.

    torch is imported only if it could see anything but the processor: when nothing changed since
    the last run, nothing else needs it.

    Raises:
        InputError: This machine, or this build of torch, has no such device.
    """
    prepare()
    if wish == "cpu" or (wish == "auto" and _only_the_processor()):
        return "cpu"
    torch = load_torch()
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


def _only_the_processor() -> bool:
    """Whether this build of torch knows no other device, which its version says."""
    built = importlib.metadata.version("torch")
    return sys.platform != "darwin" and built.endswith("+cpu")


def available() -> tuple[Device, ...]:
    """List the devices, the fastest first."""
    torch = load_torch()
    found: list[tuple[str, str, int | None, int | None]] = []
    for index in range(torch.cuda.device_count()):
        free, total = torch.cuda.mem_get_info(index)
        found.append((f"cuda:{index}", torch.cuda.get_device_name(index), total, free))
    if torch.backends.mps.is_available():
        found.append(("mps", "Apple GPU (Metal)", memory.total(), memory.free()))
    threads = torch.get_num_threads()
    label = f"{threads} thread{'s' if threads > 1 else ''}"
    found.append(("cpu", label, memory.total(), memory.free()))
    return tuple(Device(*facts, dtype=_dtype(facts[0])) for facts in found)


def _dtype(name: str) -> str:
    """Return the precision that models compute in on a device."""
    from diffusion.precision import Precision, compute_dtype

    return str(compute_dtype(Precision.AUTO, load_torch().device(name))).removeprefix("torch.")
