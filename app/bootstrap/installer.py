"""Finds a way to install into an environment, and runs it with its progress shown.

A Debian Python may come without `ensurepip`; then the system's pip, virtualenv or uv will do.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import venv
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.bootstrap.errors import BootstrapError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.bootstrap.environment import Environment
    from app.bootstrap.status import Status

_PIP_OPTIONS = (
    *("--disable-pip-version-check", "--no-input", "--no-warn-script-location"),
    *("--retries", "2", "--progress-bar", "off"),
)
_DOWNLOAD = re.compile(r"\s*Downloading (\S+) \(([\d.]+) (kB|MB|GB)\)")
_LOOKUP = re.compile(r"\s*Collecting (\S+)")
_UNPACK = re.compile(r"Processing \S*?([^/\\]+\.whl)")
_INSTALL = re.compile(r"Installing collected packages: (.*)")
_UNITS = {"kB": 1e-3, "MB": 1.0, "GB": 1e3}


@dataclass(frozen=True)
class Route:
    """A way to get packages into an environment.

    Attributes:
        name: In words, for messages.
        needs: The modules that the environment must have for it.
        create: Makes the environment, when its interpreter is not there yet.
        install: The command that arguments such as `-e .` are appended to.
    """

    name: str
    needs: tuple[str, ...]
    create: tuple[str, ...] | None
    install: tuple[str, ...]


def find_route(environment: Environment, has: Callable[[str], bool] | None = None) -> Route:
    """Choose how to install, by what this machine has.

    Args:
        environment: Where to install.
        has: Whether a module (`pip`) or a command (`uv!`) is there; for tests.

    Raises:
        BootstrapError: There is no way; the text names the package that brings one.
    """
    has = has or _has
    python = str(environment.python)
    folder = str(environment.folder)
    pip = (python, "-m", "pip", "install", *_PIP_OPTIONS)
    if has("venv") and has("ensurepip"):
        return Route("venv and pip", ("pip",), (python, "-m", "ensurepip", "--default-pip"), pip)
    if has("venv") and has("pip"):
        outer = (sys.executable, "-m", "pip", "--python", python, "install", *_PIP_OPTIONS)
        return Route("venv and the system's pip", (), None, outer)
    if has("virtualenv"):
        return Route("virtualenv", ("pip",), (sys.executable, "-m", "virtualenv", folder), pip)
    if has("uv!"):
        create = ("uv", "venv", "--allow-existing", "--python", sys.executable, folder)
        merge = ("--index-strategy", "unsafe-best-match")
        return Route("uv", (), create, ("uv", "pip", "install", *merge, "--python", python))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise BootstrapError(
        f"this Python ({sys.executable}) can make no environment: it lacks ensurepip, and neither"
        " pip, virtualenv nor uv was found. On Debian and Ubuntu:"
        f" sudo apt install python{version}-venv"
    )


def _has(name: str) -> bool:
    if name.endswith("!"):
        return shutil.which(name.removesuffix("!")) is not None
    return importlib.util.find_spec(name) is not None


def create(environment: Environment, route: Route, status: Status) -> None:
    """Make the environment's interpreter and whatever the route installs with."""
    status.begin(f"making {environment.name} ({route.name})")
    if not environment.works():
        environment.clear()
        environment.claim()
        if route.name.startswith("venv"):
            venv.EnvBuilder(symlinks=os.name != "nt").create(environment.folder)
    if route.create is not None:
        run(route.create, environment, status)


def run(command: Sequence[str], environment: Environment, status: Status) -> None:
    """Run one command of the installer, its lines told through `status` and kept in the log.

    Raises:
        BootstrapError: It failed; the text says what pip's last words mean.
    """
    environment.temp.mkdir(parents=True, exist_ok=True)
    tail: deque[str] = deque(maxlen=400)
    with (
        environment.log.open("a", encoding="utf-8") as log,
        subprocess.Popen(
            command,
            cwd=environment.root,
            env=_surroundings(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        log.write(f"$ {' '.join(command)}\n")
        for line in process.stdout or ():
            log.write(line)
            tail.append(line.rstrip())
            _tell(line, status)
    shutil.rmtree(environment.temp, ignore_errors=True)
    if process.returncode != 0:
        raise BootstrapError(explain("\n".join(tail), environment))


def _surroundings(environment: Environment) -> dict[str, str]:
    """Return the installer's environment variables: nothing that would lead it elsewhere."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    temp = str(environment.temp)
    return {**kept, "TMPDIR": temp, "TEMP": temp, "TMP": temp, "PIP_USER": "0", "PYTHONUTF8": "1"}


def _tell(line: str, status: Status) -> None:
    if match := _DOWNLOAD.match(line):
        size = float(match[2]) * _UNITS[match[3]]
        status.begin(f"downloading {match[1]}", (match[1], size))
        if size >= 5:
            status.say(f"  downloading {match[1]} ({size:.0f} MB)")
    elif match := _LOOKUP.match(line):
        status.begin(f"looking up {match[1]}")
    elif match := _UNPACK.match(line):
        status.begin(f"reading {match[1]}")
    elif match := _INSTALL.match(line):
        status.begin(f"installing {len(match[1].split(','))} packages, the large ones take a while")
    elif line.startswith("ERROR"):
        status.say(f"  {line.rstrip()}")


def explain(output: str, environment: Environment) -> str:
    """Turn what an installer printed before it failed into a sentence with a remedy."""
    again = f"then run the same command again. All that was printed is in {environment.log}"
    if re.search(r"No space left|Errno 28|not enough space", output, re.IGNORECASE):
        return f"the disk is full: free some space beside {environment.folder}, {again}"
    if re.search(
        r"NewConnectionError|NameResolutionError|getaddrinfo|name resolution|unreachable|"
        r"ConnectTimeout|ReadTimeout|ProxyError|Connection (refused|reset)|dns error|"
        r"Name or service not known|client error \(Connect\)",
        output,
        re.IGNORECASE,
    ):
        return (
            "the package index could not be reached: check the network connection (and the proxy,"
            f" or pip's index-url if you use a mirror), {again}"
        )
    if match := re.search(r"No matching distribution found for (\S+)", output):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return (
            f"no source that pip is configured with offers {match[1]} for Python {version} on this"
            f" machine. If this Python is very new, try 3.11 to 3.13; {again}"
        )
    last = [line for line in output.splitlines() if line.strip()][-1:]
    return f"the installer failed{': ' + last[0].strip() if last else ''}. Mend that, {again}"
