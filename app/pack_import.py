"""Import one node pack, whatever it does, and say in a sentence why it cannot be imported."""

from __future__ import annotations

import importlib.util
import re
import sys
import traceback
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from app.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence

PARENT = "custom_nodes"
BEFORE = "prestartup_script.py"
_COMFYUI = frozenset(
    {
        *("alembic_db", "api_server", "comfy", "comfy_api", "comfy_api_nodes", "comfy_config"),
        *("comfy_execution", "comfy_extras", "comfyui_version", "execution", "folder_paths"),
        *("latent_preview", "middleware", "node_helpers", "server", "utils"),
    }
)


_LACKING = re.compile(r"cannot import name '([^']+)' from '(?:compat\.([\w.]+)|nodes)'")


class PackError(CommandError):
    """A node pack cannot be imported; the message is its reason, without the pack's name."""


def module_name(path: Path) -> str:
    """Return what a pack's module is called; dots in names of folders would part it in two."""
    name = path.stem if path.suffix == ".py" and not path.is_dir() else path.name
    return f"{PARENT}.{name.replace('.', '_x_')}"


def prepare_parent(roots: Sequence[Path]) -> None:
    """Let packs import each other by way of the folder that they are in."""
    parent = sys.modules.get(PARENT) or ModuleType(PARENT)
    parent.__path__ = [str(root) for root in roots]
    sys.modules[PARENT] = parent


def import_pack(path: Path) -> ModuleType:
    """Import a pack: a folder with an `__init__.py`, or a file.

    What it prints meanwhile is led to standard error, as it is no result of a command.

    Raises:
        PackError: It failed, in whichever way.
    """
    file = path / "__init__.py" if path.is_dir() else path
    if not file.is_file():
        raise PackError("it has no __init__.py, which would say what is in it")
    name = module_name(path)
    found = sys.modules.get(name)
    if found is not None and getattr(found, "__file__", None) == str(file):
        return found
    _forget(name)
    try:
        with redirect_stdout(sys.stderr):
            return _execute(name, file, path)
    except (Exception, SystemExit) as error:
        _forget(name)
        raise PackError(_reason(error, path)) from error
    except BaseException:
        _forget(name)
        raise


def run_before(path: Path) -> str:
    """Run the `prestartup_script.py` of a pack that has one, once; before any pack is imported.

    Returns:
        Why it failed; empty if it did not.
    """
    file = path / BEFORE
    name = module_name(path).replace(PARENT, f"{PARENT}_before", 1)
    if name in sys.modules or not file.is_file():
        return ""
    try:
        with redirect_stdout(sys.stderr):
            _execute(name, file, file)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the border to a pack's code
        _forget(name)
        return _reason(error, path)
    return ""


def _execute(name: str, file: Path, path: Path) -> ModuleType:
    inside = [str(path)] if path.is_dir() else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=inside)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file.name} is no Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _forget(name: str) -> None:
    for known in [*sys.modules]:
        if known == name or known.startswith(f"{name}."):
            del sys.modules[known]


def _reason(error: BaseException, path: Path) -> str:
    match error:
        case ModuleNotFoundError(name=str(missing)):
            return _missing(missing, path)
        case SyntaxError(filename=str(file), lineno=int(line), msg=text):
            return f"{Path(file).name}, line {line}: {text}"
        case ImportError() if lacking := _LACKING.match(str(error)):
            module = lacking[2] or "nodes"
            return f"it needs '{lacking[1]}' of ComfyUI's {module}, which Safelight lacks"
        case SystemExit():
            return f"it ended the program while it was imported{_place(error, path)}"
    text = " ".join(str(error).split()).replace("'compat.", "'")
    kind = type(error).__name__
    return f"{kind}{_place(error, path)}: {text}" if text else f"{kind}{_place(error, path)}"


def _missing(module: str, path: Path) -> str:
    if _is_comfyuis(module):
        return f"it needs ComfyUI's module '{module}', which Safelight lacks"
    wish = path / "requirements.txt"
    remedy = f"install what {wish} names" if wish.is_file() else "install the package that has it"
    return f"it needs the Python module '{module}', which is not installed: {remedy}"


def _is_comfyuis(module: str) -> bool:
    return module.partition(".")[0] in _COMFYUI


def _place(error: BaseException, path: Path) -> str:
    """Where in the pack it happened."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(path)
    ]
    return f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
