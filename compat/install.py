"""Puts our modules where packs look for ComfyUI's."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from compat import folder_paths
from compat.surroundings import Surroundings, install_surroundings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graph.folders import Folders

MODULES = {
    "folder_paths": "compat.folder_paths",
    "server": "compat.server",
    "comfy": "compat.comfy",
    "comfy.utils": "compat.comfy.utils",
    "comfy.model_management": "compat.comfy.model_management",
    "comfy.comfy_types": "compat.comfy.comfy_types",
    "comfy.comfy_types.node_typing": "compat.comfy.comfy_types.node_typing",
    "comfy_execution": "compat.comfy_execution",
    "comfy_execution.graph": "compat.comfy_execution.graph",
    "comfy_execution.graph_utils": "compat.comfy_execution.graph_utils",
    "comfy_api": "compat.comfy_api",
    "comfy_api.latest": "compat.comfy_api.latest",
    "comfy_api.v0_0_2": "compat.comfy_api.latest",
}
"""ComfyUI's modules, and which of ours answer for them."""


def install(folders: Folders, models: Path, find_device: Callable[[], str]) -> None:
    """Have packs that are imported from now on find our modules.

    Args:
        folders: Where the user's files are.
        models: The folder that holds `checkpoints/`, `loras/`, …
        find_device: Answers where models go.
    """
    known = Surroundings(folders, models, find_device)
    install_surroundings(known)
    folder_paths.fill(known)
    for name, ours in MODULES.items():
        sys.modules[name] = importlib.import_module(ours)
