"""Decides whether the running Python will do, and otherwise installs and starts again.

`ensure` returns when everything is there. If not, it has `.venv` made ready beside the project and
replaces this process by the same command under the environment's Python.
`SAFELIGHT_NO_BOOTSTRAP=1` turns that off.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from app.bootstrap import requirements
from app.bootstrap.environment import Environment
from app.bootstrap.errors import BootstrapError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]


def ensure(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> None:
    """Return if this Python has what the project needs; otherwise install and start again.

    Args:
        arguments: The command line after `main.py`, for the new process.
        environ: The environment variables.

    Raises:
        BootstrapError: Something is missing and could not be, or must not be, installed.
    """
    if not (ROOT / "constraints.txt").exists():
        return  # installed as a package: pip has seen to it
    wanted = requirements.read(ROOT)
    if next(requirements.missing(wanted), None) is None:
        return
    if environ.get("SAFELIGHT_NO_BOOTSTRAP", "0") not in ("", "0"):
        names = ", ".join(item.name for item in requirements.missing(wanted))
        raise BootstrapError(
            f"this Python ({sys.executable}) lacks {names}. Install with"
            f" '{sys.executable} -m pip install -e {ROOT} -c {ROOT / 'constraints.txt'}', or unset"
            " SAFELIGHT_NO_BOOTSTRAP and let the first run do it"
        )
    environment = Environment(ROOT)
    from app.bootstrap.install import make_ready

    make_ready(environment, environ, force=environment.is_running())
    if not environment.is_running():
        _start_again(environment.python, arguments)


def _start_again(python: Path, arguments: Sequence[str]) -> NoReturn:
    command = [str(python), str(ROOT / "main.py"), *arguments]
    # The macOS framework's launcher would lead the new interpreter back to the old one.
    environ = {key: value for key, value in os.environ.items() if key != "__PYVENV_LAUNCHER__"}
    sys.stdout.flush()
    sys.stderr.flush()
    if sys.platform != "win32":
        os.execve(python, command, environ)
    import subprocess

    # Windows' exec gives the prompt back before the new process is done.
    raise SystemExit(subprocess.run(command, env=environ, check=False).returncode)
