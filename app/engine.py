"""The engine with all that it must know of tensors, memory and folders, and cannot."""

from __future__ import annotations

import gc
import sys
from functools import partial
from typing import TYPE_CHECKING

from app import libraries, memory, tensors, terminal
from app.faults import fault
from app.models import ModelRoom
from app.provenance import provenance
from app.results import folder_of, journals_of, open_results
from graph.adapter.calm import SERVICE
from graph.cache import MemoryCache
from graph.executor import Engine
from graph.files import FileIndex
from graph.journal import Journals
from graph.remembered import remembered_in

if TYPE_CHECKING:
    from app.settings import Settings
    from graph.folders import Folders
    from graph.registry import Registry

_CACHE_WITHOUT_KNOWING = 4 * 10**9


def make_engine(
    settings: Settings, folders: Folders, registry: Registry, device: str, *, outside: bool = True
) -> Engine:
    """Return an engine; torch is not imported for that.

    Args:
        settings: Precision, caches.
        folders: Where the user's files are.
        registry: The nodes there are.
        device: As torch writes it.
        outside: Whether workflows may name input files anywhere on this machine.
    """
    memory.collect_rarely()
    models = ModelRoom()
    disk = open_results(settings, folders, device, terminal.complain)
    return Engine(
        registry,
        folders,
        cache=_make_cache(settings),
        disk=disk,
        remembered=remembered_in(folder_of(folders)) if disk is not None else None,
        files=FileIndex(folders.cache / "files.sqlite"),
        hasher=tensors.content_hash,
        device=device,
        services={**models.services(settings), SERVICE: libraries.inference},
        outside=outside,
        journals=Journals(
            journals_of(folders), salt=provenance(device, precisions=settings.precisions)
        ),
        out_of_memory=memory.ran_out,
        make_room=partial(make_room, models),
        fault=fault,
        prepare=libraries.load_for,
    )


def _make_cache(settings: Settings) -> MemoryCache:
    room = memory.total()
    budget = room // 2 if room else _CACHE_WITHOUT_KNOWING
    return MemoryCache(budget, tensors.storages, memory.Shortage(), settings.cache_results)


def make_room(models: ModelRoom) -> None:
    """Give memory back that nobody needs now."""
    models.free()
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
