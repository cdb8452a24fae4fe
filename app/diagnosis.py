"""Looks at everything that a run depends on, and names what is wrong with it."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app import devices
from app.bootstrap import requirements, torch_build
from app.bootstrap.start import ROOT
from app.catalogue import make_catalogue
from app.errors import InputError
from app.folders import make_folders, require_writable
from app.sizes import size
from app.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.devices import Device
    from app.packs import Pack
    from app.settings import Settings
    from graph.folders import Folders

_SHOWN = ("torch", "diffusers", "transformers", "safetensors", "tokenizers", "numpy", "pillow")
_LITTLE_SPACE = 10**9


@dataclass(frozen=True)
class Diagnosis:
    """What was found. All values are plain, so that it can be printed as JSON.

    Attributes:
        version: Safelight's.
        python: Python's version and where it is.
        system: The operating system and processor.
        packages: Versions by name.
        device: The device that would be used; empty if there is none as asked.
        devices: All devices, the fastest first.
        folders: Absolute paths by name.
        models: How many models of each kind there are.
        custom_nodes: What became of each node pack.
        problems: One sentence each, with what to do.
    """

    version: str
    python: str
    system: str
    packages: dict[str, str]
    device: str
    devices: tuple[Device, ...]
    folders: dict[str, str]
    models: dict[str, int]
    custom_nodes: tuple[Pack, ...]
    problems: tuple[str, ...]


def diagnose(settings: Settings) -> Diagnosis:
    """Look at everything.

    Raises:
        InputError: A folder or file that was named on the command line is not there.
    """
    folders = make_folders(settings)
    _, packs = make_catalogue(settings, folders)
    device, problems = _device(settings.device)
    models = {kind: len(folders.model_names(kind)) for kind in folders.models}
    problems += [text for pack in packs for text in pack.complaints()]
    problems += [*_package_problems(), *_folder_problems(folders), *_gpu_problems(device)]
    if not models["checkpoints"]:
        places = ", ".join(str(path) for path in folders.models["checkpoints"])
        problems.append(f"there is no checkpoint: put a .safetensors file into {places}")
    named = ("base", "input", "output", "temp", "user", "cache", "custom_nodes")
    return Diagnosis(
        version=VERSION,
        python=f"{platform.python_version()} ({sys.executable})",
        system=f"{platform.system()} {platform.machine()}",
        packages={name: importlib.metadata.version(name) for name in _SHOWN},
        device=device,
        devices=devices.available(),
        folders={name: str(getattr(folders, name)) for name in named},
        models=models,
        custom_nodes=packs,
        problems=tuple(problems),
    )


def _device(wish: str) -> tuple[str, list[str]]:
    try:
        return devices.resolve(wish), []
    except InputError as error:
        return "", [str(error)]


def _package_problems() -> Iterator[str]:
    if (ROOT / "pyproject.toml").exists():
        for item in requirements.missing(requirements.read(ROOT)):
            minimum = ".".join(map(str, item.minimum))
            yield (
                f"{item.name} {minimum} or newer is missing in {sys.executable}: install it, or"
                " remove .venv and let the next command make it anew"
            )


def _folder_problems(folders: Folders) -> Iterator[str]:
    for name in ("output", "temp", "user", "cache"):
        folder: Path = getattr(folders, name)
        there = next(path for path in (folder, *folder.parents) if path.exists())
        try:
            require_writable(there, f"--{name}-directory")
        except InputError as error:
            yield str(error)
    free = shutil.disk_usage(
        next(p for p in (folders.output, *folders.output.parents) if p.exists())
    )
    if free.free < _LITTLE_SPACE:
        yield f"only {size(free.free)} are free where {folders.output} is: free some space"


def _gpu_problems(device: str) -> Iterator[str]:
    gpu = torch_build.find_gpu() if device == "cpu" else None
    if gpu is not None and not any(found.name.startswith("cuda") for found in devices.available()):
        yield (
            f"{gpu.name} is there but this build of torch cannot use it: remove .venv and let the"
            " next command install the CUDA build"
        )
