"""The editor's own tests, which run in Node, and the check of its types."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EDITOR = ROOT / "web" / "editor"
FILES = sorted((ROOT / "tests" / "editor").rglob("*.test.js"))
NODE = shutil.which("node")


def templates() -> str | None:
    """Return the folder of ComfyUI's templates, if the package that has them is installed."""
    found = find_spec("comfyui_workflow_templates_json")
    places = found.submodule_search_locations if found else None
    return str(next(iter(places))) if places else None


def run(command: list[str], **variables: str) -> None:
    """Run a command of ours, and fail with what it says if it fails."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.name))
def test_the_editor_passes_its_own_tests(file: Path) -> None:
    folder = templates()
    if folder is None and file.name == "templates.test.js":
        pytest.skip("comfyui-workflow-templates-json is not installed")
    run([str(NODE), "--test", str(file)], **({"TEMPLATES": folder} if folder else {}))


@pytest.mark.slow
def test_the_types_of_the_editor_are_right() -> None:
    own = EDITOR / "node_modules" / ".bin" / "tsc"
    compiler = str(own) if own.exists() else shutil.which("tsc")
    if NODE is None or compiler is None:
        pytest.skip("TypeScript is not installed: `npm install` in web/editor installs it")
    run([compiler, "--project", str(EDITOR)])
