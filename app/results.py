"""The results that are kept on the disk between runs: where, how many bytes, and for whom."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from app.codecs import ValueCodec
from app.errors import InputError
from app.provenance import provenance
from app.sizes import parse_size
from graph.disk_cache import DiskCache
from graph.disk_upkeep import TROUBLES, count

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.settings import Settings
    from graph.folders import Folders

VARIABLE = "SAFELIGHT_CACHE_DISK"
_MOST = 10 * 10**9
_SHARE = 10
"""Without being told, take no more than this part of what is free."""


def folder_of(folders: Folders) -> Path:
    """Return where results are kept."""
    return folders.cache / "results"


def journals_of(folders: Folders) -> Path:
    """Return where runs write down how far they are."""
    return folders.cache / "resume"


def budget(settings: Settings, folder: Path) -> int:
    """Return how many bytes results may take on the disk: what the user says, or a modest share.

    Raises:
        InputError: The environment says something that is no size.
    """
    if settings.cache_disk is not None:
        return settings.cache_disk
    told = os.environ.get(VARIABLE)
    if told:
        try:
            return parse_size(told)
        except ValueError as error:
            raise InputError(f"{VARIABLE}: {error}") from error
    return min(_MOST, (_free(folder) + _taken(folder)) // _SHARE)


def open_results(
    settings: Settings, folders: Folders, device: str, on_trouble: Callable[[str], None]
) -> DiskCache | None:
    """Return the cache on the disk; None if the user wants none.

    Raises:
        InputError: The environment asks for something that is no size.
    """
    folder = folder_of(folders)
    allowed = budget(settings, folder)
    if not allowed:
        return None
    salt = provenance(device, precisions=settings.precisions)
    return DiskCache(folder, ValueCodec(), allowed, salt=salt, on_trouble=on_trouble)


def _free(folder: Path) -> int:
    """The bytes that are free where a folder is, or would be."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except OSError:
            continue
    return 0


def _taken(folder: Path) -> int:
    try:
        return count(folder).size
    except TROUBLES:
        return 0
