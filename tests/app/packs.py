"""Sessions over packs that were written for tests."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from app.catalogue import make_catalogue
from app.folders import make_folders
from app.settings import Settings

if TYPE_CHECKING:
    from app.packs import Pack
    from graph.registry import Registry

DATA = Path(__file__).parents[1] / "data" / "packs"


def base_with(place: Path, kind: str, *names: str) -> Path:
    """Return a base directory with packs of a kind, all of them unless named."""
    source = DATA / kind
    target = place / "custom_nodes"
    target.mkdir(parents=True, exist_ok=True)
    for path in source.iterdir():
        if names and path.name not in names and path.stem not in names:
            continue
        if path.is_dir():
            shutil.copytree(path, target / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, target)
    return place


def load(
    base: Path, *, enabled: bool = True, whitelist: tuple[str, ...] = ()
) -> tuple[Registry, dict[str, Pack]]:
    """Load the packs of a base directory."""
    settings = Settings(base=base, custom_nodes_enabled=enabled, custom_nodes_whitelist=whitelist)
    registry, packs = make_catalogue(settings, make_folders(settings))
    return registry, {pack.name: pack for pack in packs}
