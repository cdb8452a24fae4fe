"""What a worker's process of the server works with: the engine, its nodes, and who answers what.

Nothing here imports torch before a node needs it, so that a worker is ready within a second; it is
loaded in the background then.
"""

from __future__ import annotations

import gc
import importlib.metadata
import platform
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from app import devices, libraries, memory, plain_definitions
from app.catalogue import make_catalogue
from app.engine import make_engine
from app.folders import make_folders
from app.previews import encode_preview
from app.questions import answers
from app.version import VERSION
from app.worker_output import LOG, overhear
from app.worker_prompts import PromptHandlers
from app.worker_routes import PackRoutes
from graph.backends.workshop import Workshop
from graph.object_info import describe_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.settings import Settings
    from graph.backends.workshop import Say
    from graph.executor import Engine

_PACKAGES = ("torch", "diffusers", "transformers", "safetensors", "numpy", "pillow")


def make_workshop(settings: Settings) -> Workshop:
    """Make a worker's workshop; `ProcessBackend(make_workshop, settings)` starts one.

    Raises:
        InputError: A folder, file or device that the settings name is not there.
    """
    folders = make_folders(settings)
    device = devices.resolve(settings.device)
    if device == "cpu":
        memory.limit()
    registry, packs = make_catalogue(settings, folders)
    # Whoever sends jobs to a server need not be who may read this machine's files.
    engine = make_engine(settings, folders, registry, device, outside=False)
    routes, prompts = PackRoutes(), PromptHandlers()
    foreign = [name for pack in packs for name in pack.nodes]
    return Workshop(
        engine,
        about={
            "catalogue": catalogue(engine, foreign),
            "system": system(device),
            "routes": routes.known(),
            "door": routes.door,
            "changes_prompts": prompts.names,
            "packs": [pack.as_json() | {"complaints": pack.complaints()} for pack in packs],
        },
        handlers={
            "catalogue": lambda _: catalogue(engine, foreign),
            "system": lambda _: system(device) | {"devices": _devices()},
            "free": lambda _: free(engine),
            "warm": lambda _: libraries.load_all(),
            "change_prompt": prompts.change,
            **answers(engine),
        },
        connect=partial(_connect, routes),
        encode_preview=encode_preview,
        warm_up=libraries.load_all,
        close=partial(_close, engine, routes),
    )


def _connect(routes: PackRoutes, say: Say) -> None:
    """Have what packs send and print reach the server."""
    routes.connect(say)
    overhear(lambda line: say(LOG, line, None))


def _close(engine: Engine, routes: PackRoutes) -> None:
    routes.close()
    engine.close()


def catalogue(engine: Engine, names: Iterable[str]) -> dict[str, object]:
    """Tell of nodes what a server cannot know: of those of packs.

    Returns:
        `nodes` as `GET /object_info` gives them, and `definitions` to check workflows against, of
        those of which that can be said. Options that are names of files are those of this moment.
    """
    found = [*filter(None, map(engine.registry.current, names))]
    return {
        "nodes": describe_all(found, engine.folders),
        "definitions": [*filter(None, map(plain_definitions.say, found))],
    }


def system(device: str) -> dict[str, Any]:
    """Say what the worker runs on: versions, the device, and bytes of main memory."""
    return {
        "version": VERSION,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": {name: _version(name) for name in _PACKAGES},
        "device": device,
        "memory": {"total": memory.total(), "free": memory.free()},
    }


def free(engine: Engine) -> dict[str, int | None]:
    """Let go of models and results in memory, and answer the bytes of main memory that are free."""
    engine.make_room()
    gc.collect()
    return {"free": memory.free()}


def _devices() -> list[dict[str, object]]:
    return [
        {
            "name": device.name,
            "label": device.label,
            "total": device.total,
            "free": device.free,
            "dtype": device.dtype,
        }
        for device in devices.available()
    ]


def _version(name: str) -> str | None:
    with suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(name)
    return None
