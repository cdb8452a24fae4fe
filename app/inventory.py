"""What lies in the model folders and in `custom_nodes/`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.folders import pack_folders

if TYPE_CHECKING:
    from pathlib import Path

    from app.settings import Settings
    from graph.folders import Folders


@dataclass(frozen=True)
class ModelFile:
    """A model: its name in workflows, where it is, and how large."""

    name: str
    path: Path
    bytes: int


def find_models(folders: Folders, kind: str) -> tuple[ModelFile, ...]:
    """List the models of a kind, sorted by name. A diffusers folder counts as one model."""
    paths = ((name, folders.model_path(kind, name)) for name in folders.model_names(kind))
    return tuple(ModelFile(name, path, _bytes(path)) for name, path in paths)


def _bytes(path: Path) -> int:
    if path.is_dir():
        return sum(_bytes(inside) for inside in path.iterdir())
    return path.stat().st_size if path.exists() else 0


def find_packs(folder: Path) -> tuple[Path, ...]:
    """List the node packs by name: folders, and single files of Python."""
    if not folder.is_dir():
        return ()
    found = [
        path
        for path in folder.iterdir()
        if not path.name.startswith((".", "__"))
        and (path.is_dir() or path.suffix == ".py")
        and not path.name.endswith(".disabled")
    ]
    return tuple(sorted(found, key=lambda path: path.name.casefold()))


def pack_paths(settings: Settings) -> tuple[Path, ...]:
    """Return the packs that are to be loaded.

    Raises:
        InputError: A configuration that names more folders cannot be read.
    """
    kept = settings.custom_nodes_whitelist
    return tuple(
        path
        for folder in pack_folders(settings)
        for path in find_packs(folder)
        if settings.custom_nodes_enabled or path.name in kept or path.stem in kept
    )
