"""A virtual environment beside the project, and whether it is ready to be used.

Ready means: the marker in it holds the fingerprint of today's requirements and pins. The marker is
written last, so an install that was interrupted is simply gone on with the next time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap import requirements
from app.bootstrap.errors import BootstrapError


@dataclass(frozen=True)
class Environment:
    """The environment of the project in `root`: its folder's name and the extras it gets."""

    root: Path
    name: str = ".venv"
    extras: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where the environment is."""
        return self.root / self.name

    @property
    def python(self) -> Path:
        """The environment's interpreter, whether it exists yet or not."""
        inside = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
        return self.folder.joinpath(*inside)

    @property
    def lock(self) -> Path:
        """The file that a process holds locked while it installs."""
        return self.folder / "safelight-lock"

    @property
    def log(self) -> Path:
        """Everything that the installer printed."""
        return self.folder / "safelight-install.log"

    @property
    def temp(self) -> Path:
        """Where downloads lie while they come in; watched for progress."""
        return self.folder / "safelight-temp"

    @property
    def _marker(self) -> Path:
        return self.folder / "safelight-ready"

    def is_ready(self) -> bool:
        """Whether an install for today's requirements and pins was finished here."""
        try:
            written = self._marker.read_text(encoding="utf-8")
        except OSError:
            return False
        return self.python.exists() and written == requirements.fingerprint(self.root, self.extras)

    def mark_ready(self) -> None:
        """Say that the install is finished."""
        digest = requirements.fingerprint(self.root, self.extras)
        self._marker.write_text(digest, encoding="utf-8")

    def is_running(self) -> bool:
        """Whether the running interpreter is this environment's."""
        return Path(sys.prefix).resolve() == self.folder.resolve()

    def works(self, *modules: str) -> bool:
        """Whether the interpreter starts, is new enough and finds the modules.

        A system's upgrade can take away the Python that an environment points at.
        """
        question = (
            "import sys, importlib.util as u;"
            "lacking = any(u.find_spec(name) is None for name in sys.argv[1:]);"
            "sys.exit(sys.version_info < (3, 11) or lacking)"
        )
        try:
            command = [str(self.python), "-c", question, *modules]
            return subprocess.run(command, capture_output=True, check=False).returncode == 0
        except OSError:
            return False

    @property
    def _made_here(self) -> Path:
        return self.folder / "safelight-made-this"

    def claim(self) -> None:
        """Say that this project made the folder, and may therefore empty it."""
        self._made_here.touch()

    def clear(self) -> None:
        """Remove all that is in the folder but the lock, which the caller holds.

        Raises:
            BootstrapError: Somebody else made the folder.
        """
        contents = [path for path in self.folder.iterdir() if path != self.lock]
        if contents and not self._made_here.exists():
            raise BootstrapError(
                f"{self.folder} is there but has no working Python 3.11 or newer, and it was not"
                " made by this project: remove or rename it, then run the same command again"
            )
        for path in contents:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
