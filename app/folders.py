"""The folders of a run, from the settings and from files that name more model folders."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

from app.errors import InputError
from app.extra_paths import read_extra_folders
from graph.folders import MODEL_FOLDERS, Folders, model_places

if TYPE_CHECKING:
    from pathlib import Path

    from app.settings import Settings

DEFAULT_CONFIG = "extra_model_paths.yaml"


def make_folders(settings: Settings) -> Folders:
    """Return where everything is. Nothing is created and nothing but the configuration is read.

    Raises:
        InputError: A folder that was named is not there, or a configuration cannot be read.
    """
    for option, path in (("base", settings.base), *(("models", path) for path in settings.models)):
        if not path.expanduser().is_dir():
            raise InputError(f"--{option}-directory {path}: there is no such folder")
    return Folders(
        base=settings.base,
        input=settings.folder("input"),
        output=settings.folder("output"),
        temp=settings.folder("temp"),
        user=settings.folder("user"),
        cache=settings.folder("cache"),
        custom_nodes=settings.folder("custom_nodes"),
        models=_model_folders(settings),
    )


def pack_folders(settings: Settings) -> tuple[Path, ...]:
    """Return the folders that hold node packs, the first one searched first.

    Raises:
        InputError: A configuration cannot be read.
    """
    places = [settings.folder("custom_nodes")]
    for config in _configs(settings):
        for extra in read_extra_folders(config):
            if extra.kind == "custom_nodes":
                places.insert(0 if extra.first else len(places), extra.path)
    return tuple(dict.fromkeys(places))


def _configs(settings: Settings) -> tuple[Path, ...]:
    default = settings.base / DEFAULT_CONFIG
    return ((default,) if default.is_file() else ()) + settings.extra_model_paths


def _model_folders(settings: Settings) -> dict[str, tuple[Path, ...]]:
    roots = settings.model_roots()
    folders = {
        kind: tuple(place for root in roots for place in model_places(root, kind))
        for kind in MODEL_FOLDERS
    }
    for config in _configs(settings):
        for extra in read_extra_folders(config):
            there = folders.get(extra.kind, ())
            folders[extra.kind] = (extra.path, *there) if extra.first else (*there, extra.path)
    folders.pop("custom_nodes", None)  # node packs, not weights
    return folders


def require_writable(folder: Path, option: str) -> None:
    """Make the folder, and make sure that files can be written there, before any work is done.

    Raises:
        InputError: They cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise InputError(
            f"{folder} cannot be written to ({reason}): change its permissions or choose another"
            f" folder with {option}"
        ) from error
