"""Which build of torch a machine gets, and where it comes from.

What the builds of torch 2.13 are, and who serves them (pytorch.org, release matrix of 2.13):

- Linux x86_64: PyPI serves the CUDA 13.0 build, some 2.5 GB with its libraries, under the plain
  version. A machine without an NVIDIA GPU must therefore ask for `+cpu`, which only
  download.pytorch.org serves (or a mirror, or a folder of wheels that pip is configured with).
- Linux aarch64: the same names.
- Windows: PyPI serves the CPU build under the plain version; CUDA comes from download.pytorch.org.
- macOS: one build, with Metal (`mps`), on PyPI; Apple silicon only.
- CUDA: cu126 (Maxwell to Hopper), cu130 and, experimental, cu132 (both Turing to Blackwell).

`SAFELIGHT_TORCH` = `auto`, `cpu`, `cu126`, `cu130`, `cu132` or `pypi` (the plain version, as pip
finds it) overrules the choice; `SAFELIGHT_TORCH_INDEX` names a mirror of
https://download.pytorch.org/whl.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass

from app.bootstrap.errors import BootstrapError

INDEX = "https://download.pytorch.org/whl"
CHOICES = ("auto", "cpu", "cu126", "cu130", "cu132", "pypi")

_CPU_MEGABYTES = {"Linux": 190, "Windows": 120, "Darwin": 90}
_CUDA_MEGABYTES = 2500


@dataclass(frozen=True)
class Gpu:
    """The first NVIDIA GPU: its name, compute capability, and the newest CUDA its driver runs."""

    name: str
    capability: tuple[int, int]
    cuda: tuple[int, int]


@dataclass(frozen=True)
class TorchBuild:
    """What to ask pip for.

    Attributes:
        requirement: `torch==2.13.0+cpu`, for instance.
        label: The build in words.
        folder: The sub-folder of the torch index that serves it; empty when pip's sources do.
        plain_will_do: Whether the plain version on PyPI is this very build.
        megabytes: About how much is downloaded, its own libraries included.
        reason: Why this build, as a half sentence.
    """

    requirement: str
    label: str
    folder: str
    plain_will_do: bool
    megabytes: int
    reason: str


def find_gpu() -> Gpu | None:
    """Ask `nvidia-smi` for the first GPU; None where there is no driver or no GPU."""
    query = ["nvidia-smi", "--query-gpu=name,compute_cap", "--format=csv,noheader"]
    overview, gpus = _output(["nvidia-smi"]), _output(query)
    version = re.search(r"CUDA Version:\s*(\d+)\.(\d+)", overview)
    first = re.match(r"(?P<name>[^,\n]+),\s*(?P<major>\d+)\.(?P<minor>\d+)", gpus)
    if version is None or first is None:
        return None
    capability = int(first["major"]), int(first["minor"])
    return Gpu(first["name"].strip(), capability, (int(version[1]), int(version[2])))


def _output(command: list[str]) -> str:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=20
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def choose(version: str, system: str, machine: str, gpu: Gpu | None, wish: str) -> TorchBuild:
    """Choose the build of torch `version`.

    Args:
        version: The pinned version, without a local part.
        system: As `platform.system()` says: Linux, Windows or Darwin.
        machine: As `platform.machine()` says.
        gpu: What `find_gpu` found.
        wish: One of `CHOICES`.

    Raises:
        BootstrapError: The wish is unknown, or no build exists for this machine.
    """
    if wish not in CHOICES:
        raise BootstrapError(f"SAFELIGHT_TORCH is {wish!r}; expected one of {', '.join(CHOICES)}")
    if system == "Darwin" and machine == "x86_64" and wish == "auto":
        raise BootstrapError(
            f"torch {version} has no build for Macs with an Intel processor, or this Python was"
            " built for one: on Apple silicon, use a native (arm64) Python"
        )
    if system == "Darwin" or wish == "pypi":
        reason = "the only one for macOS" if system == "Darwin" else "SAFELIGHT_TORCH=pypi"
        size = _CPU_MEGABYTES["Darwin"] if system == "Darwin" else _CUDA_MEGABYTES
        return TorchBuild(f"torch=={version}", "standard", "", True, size, reason)
    if wish != "auto":
        return _build(version, system, wish, f"SAFELIGHT_TORCH={wish}")
    return _build(version, system, *_suffix(gpu))


def _suffix(gpu: Gpu | None) -> tuple[str, str]:
    """Return the build's suffix and why. CUDA 12 drivers run any 12.x (minor compatibility)."""
    if gpu is None:
        return "cpu", "nvidia-smi reports no GPU"
    driver = "{}.{}".format(*gpu.cuda)
    if gpu.cuda >= (13, 0) and gpu.capability >= (7, 5):
        return "cu130", f"{gpu.name}, driver for CUDA {driver}"
    if gpu.cuda >= (12, 0) and gpu.capability < (10, 0):
        return "cu126", f"{gpu.name}, driver for CUDA {driver}"
    return "cpu", (
        f"the driver of {gpu.name} is for CUDA {driver}, too old for it; update the driver and"
        " remove .venv to use the GPU"
    )


def _build(version: str, system: str, suffix: str, reason: str) -> TorchBuild:
    if suffix == "cpu":
        return TorchBuild(
            requirement=f"torch=={version}" if system == "Windows" else f"torch=={version}+cpu",
            label="CPU",
            folder="" if system == "Windows" else "cpu",
            plain_will_do=system == "Windows",
            megabytes=_CPU_MEGABYTES.get(system, 190),
            reason=reason,
        )
    return TorchBuild(
        requirement=f"torch=={version}+{suffix}",
        label=f"CUDA {suffix[2:4]}.{suffix[4:]}",
        folder=suffix,
        plain_will_do=system == "Linux" and suffix == "cu130",
        megabytes=_CUDA_MEGABYTES,
        reason=reason,
    )
