"""The first run for real: a copy of the project, a Python with nothing, the configured index."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from typing import TYPE_CHECKING

import pytest

from app.bootstrap.start import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
KEPT_OUT = (".git", ".venv*", ".*_cache", "__pycache__", "output", "temp", "cache", "*.egg-info")


@pytest.mark.timeout(1800)
def test_a_python_without_packages_installs_everything_and_goes_on(tmp_path: Path) -> None:
    project = tmp_path / "a clone"
    shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(*KEPT_OUT))
    bare = tmp_path / "bare"
    venv.EnvBuilder(symlinks=sys.platform != "win32").create(bare)
    python = bare / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    command = [str(python), str(project / "main.py"), "nodes", "KSampler"]
    first = subprocess.run(command, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    assert "torch==2.13.0" in first.stderr
    assert first.stdout.startswith("KSampler")
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (again.returncode, again.stdout, again.stderr) == (0, first.stdout, "")
