"""Ways to install, and what an installer's last words mean."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from app.bootstrap import installer
from app.bootstrap.environment import Environment
from app.bootstrap.errors import BootstrapError
from app.bootstrap.status import Status

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("there", "name"),
    [
        ({"venv", "ensurepip", "pip", "uv!"}, "venv and pip"),
        ({"venv", "pip", "virtualenv", "uv!"}, "venv and the system's pip"),
        ({"venv", "virtualenv", "uv!"}, "virtualenv"),
        ({"venv", "uv!"}, "uv"),
    ],
)
def test_the_first_way_that_the_machine_offers_is_taken(
    there: set[str], name: str, tmp_path: Path
) -> None:
    assert installer.find_route(Environment(tmp_path), there.__contains__).name == name


def test_without_any_way_the_package_to_install_is_named(tmp_path: Path) -> None:
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    with pytest.raises(BootstrapError, match=f"apt install {package}"):
        installer.find_route(Environment(tmp_path), {"venv"}.__contains__)


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("... NewConnectionError: [Errno 101] Network is unreachable", "check the network"),
        ("Temporary failure in name resolution\nNo matching distribution found for x", "network"),
        ("ERROR: No matching distribution found for torch==2.13.0+cpu", r"offers torch==2\.13\.0"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: something odd", "the installer failed: ERROR: something odd"),
        ("", "the installer failed. Mend that"),
    ],
)
def test_a_failed_install_is_explained_with_a_remedy(
    output: str, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(BootstrapError, match=sentence):
        raise BootstrapError(installer.explain(output, Environment(tmp_path)))


def test_a_failing_command_is_told_and_kept_in_the_log(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    stream = io.StringIO()
    script = "print('Downloading torch-2.whl (190.5 MB)'); print('ERROR: no'); raise SystemExit(3)"
    with Status(environment.temp, stream) as status, pytest.raises(BootstrapError, match="no"):
        installer.run([sys.executable, "-c", script], environment, status)
    assert "downloading torch-2.whl (190 MB)" in stream.getvalue()
    assert "ERROR: no" in environment.log.read_text(encoding="utf-8")
    assert not environment.temp.exists()
