"""ComfyUI's module names, once they are installed."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

from app.bootstrap.start import ROOT
from compat.install import MODULES

_INSTALL = """
import sys
from pathlib import Path
from compat.install import install
from graph.folders import Folders

folders = Folders.under(Path("/nowhere"))
install(folders, Path("/nowhere/models"), lambda: "cpu")
"""

_AS_PACKS_DO = """
import comfy.utils
import comfy.model_management as mm
import folder_paths
import nodes
from comfy.comfy_types import IO, ComfyNodeABC, InputTypeDict
from comfy.comfy_types.node_typing import ComfyNodeABC as Same
from comfy_api.latest import ComfyAPI, ComfyAPISync
from comfy_execution.graph import ExecutionBlocker
from comfy_execution.graph_utils import GraphBuilder, Node, is_link

assert Same is ComfyNodeABC
assert comfy.model_management is mm
assert comfy.utils.ProgressBar
assert folder_paths.models_dir == "/nowhere/models"
print(*sys.modules)
"""


def _run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_packs_find_what_they_import_and_torch_is_not_loaded_for_it() -> None:
    done = _run(_INSTALL + _AS_PACKS_DO)
    assert done.returncode == 0, done.stderr
    assert "torch" not in done.stdout.split()


def test_what_is_not_there_is_not_found() -> None:
    done = _run(_INSTALL + "import comfy.samplers")
    assert "ModuleNotFoundError: No module named 'comfy.samplers'" in done.stderr


def test_without_the_loader_of_packs_the_names_mean_nothing() -> None:
    done = _run("import compat.install, folder_paths")
    assert "No module named 'folder_paths'" in done.stderr


def test_every_module_of_a_package_that_packs_see_has_its_name() -> None:
    ours = set(MODULES.values())
    for package in ("compat.comfy", "compat.comfy_execution", "compat.comfy_api"):
        place = [str(ROOT / package.replace(".", "/"))]
        found = {module.name for module in pkgutil.walk_packages(place, f"{package}.")}
        assert found <= ours
