"""All nodes that a run can use: the built-in ones and those of packs.

Making the list imports no torch, unless a pack does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import devices
from app.inventory import pack_paths
from app.packs import load_packs
from graph.registry import Registry
from nodes.registry import register_builtin

if TYPE_CHECKING:
    from app.packs import Pack
    from app.settings import Settings
    from graph.folders import Folders


def make_registry() -> Registry:
    """Return a registry of the built-in nodes."""
    registry = Registry()
    register_builtin(registry)
    return registry


def make_catalogue(settings: Settings, folders: Folders) -> tuple[Registry, tuple[Pack, ...]]:
    """Return a registry of all nodes, and what became of the packs.

    Raises:
        InputError: A configuration that names more folders cannot be read.
    """
    registry = make_registry()
    packs = load_packs(
        pack_paths(settings),
        registry,
        folders,
        settings.model_roots()[0],
        lambda: devices.resolve(settings.device),
    )
    return registry, packs
