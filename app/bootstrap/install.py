"""Installs the project into an environment: torch first, from an index chosen deliberately.

Only one process at a time does it; the others wait, then find it done.
"""

from __future__ import annotations

import os
import platform
import queue
import shutil
import sys
import threading
import urllib.request
from typing import TYPE_CHECKING

from app.bootstrap import installer, requirements, torch_build
from app.bootstrap.errors import BootstrapError
from app.bootstrap.lock import exclusive
from app.bootstrap.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.bootstrap.environment import Environment
    from app.bootstrap.installer import Route
    from app.bootstrap.torch_build import TorchBuild

_PROBE_SECONDS = 3.0
_OTHERS_MEGABYTES = 110
_UNPACKED = 5  # how much larger a wheel is on the disk, its download and byte code included


def make_ready(
    environment: Environment, environ: Mapping[str, str] = os.environ, *, force: bool = False
) -> None:
    """Install into the environment unless that was done; only one process at a time does it.

    Args:
        environment: Where to install.
        environ: The environment variables.
        force: Install even though it is marked ready, because something was found missing.

    Raises:
        BootstrapError: It could not be done; the text says what to do.
    """
    if environment.is_ready() and not force:
        return
    try:
        with exclusive(environment.lock, _say_waiting):
            if force or not environment.is_ready():
                _install(environment, environ)
    except OSError as error:
        raise BootstrapError(
            f"{environment.folder} cannot be written ({error.strerror or error}); make"
            f" {environment.root} writable, or install into a Python of your own with"
            f" 'python -m pip install -e {environment.root}' and start with that one"
        ) from error


def _say_waiting() -> None:
    _say("another first run is installing; waiting for it")


def _say(line: str) -> None:
    sys.stderr.write(f"safelight: {line}\n")
    sys.stderr.flush()


def _install(environment: Environment, environ: Mapping[str, str]) -> None:
    _say(f"the first run installs what is needed into {environment.folder}")
    with Status(environment.temp) as status:
        route = installer.find_route(environment)
        build = _choose_torch(environment, environ, status)
        if not environment.works("torch"):
            _check_disk(environment, build)
        if not environment.works(*route.needs):
            installer.create(environment, route, status)
        _install_torch(environment, route, build, environ, status)
        extras = f"[{','.join(environment.extras)}]" if environment.extras else ""
        status.say(f"  the other packages: about {_OTHERS_MEGABYTES} MB to download")
        status.begin("looking up the other packages")
        project = ("-e", f"{environment.root}{extras}")
        installer.run((*route.install, *project, *_pins(environment)), environment, status)
        environment.mark_ready()
        status.say("  done")


def _choose_torch(
    environment: Environment, environ: Mapping[str, str], status: Status
) -> TorchBuild:
    status.begin("looking for an NVIDIA GPU")
    build = torch_build.choose(
        requirements.pinned(environment.root, "torch"),
        platform.system(),
        platform.machine(),
        torch_build.find_gpu(),
        environ.get("SAFELIGHT_TORCH", "auto"),
    )
    status.say(
        f"  {build.requirement}, the {build.label} build ({build.reason}):"
        f" about {build.megabytes} MB to download"
    )
    return build


def _check_disk(environment: Environment, build: TorchBuild) -> None:
    """Refuse before an hour of downloading rather than after it."""
    needed = (build.megabytes + _OTHERS_MEGABYTES) * _UNPACKED * 1e6
    free = shutil.disk_usage(environment.root).free
    if free < needed:
        raise BootstrapError(
            f"{free / 1e9:.1f} GB are free at {environment.root}; the first run needs about"
            f" {needed / 1e9:.1f} GB. Free some space and run the same command again"
        )


def _install_torch(
    environment: Environment,
    route: Route,
    build: TorchBuild,
    environ: Mapping[str, str],
    status: Status,
) -> None:
    """Install torch alone and first, so that its index serves nothing but torch."""
    index = f"{environ.get('SAFELIGHT_TORCH_INDEX', torch_build.INDEX)}/{build.folder}"
    requirement = build.requirement
    source: tuple[str, ...] = ()
    if build.folder:
        status.begin(f"asking {index}")
        if _answers(f"{index}/torch/"):
            source = ("--extra-index-url", index)
        else:
            status.say(f"  {index} does not answer; trying the sources that pip is configured with")
            requirement = requirement.split("+")[0] if build.plain_will_do else requirement
    status.begin(f"looking up {requirement}")
    try:
        command = (*route.install, requirement, *source, *_pins(environment))
        installer.run(command, environment, status)
    except BootstrapError as error:
        raise BootstrapError(
            f"torch ({build.label} build, {requirement}) could not be installed: {error}."
            " SAFELIGHT_TORCH_INDEX names a mirror of download.pytorch.org/whl;"
            f" SAFELIGHT_TORCH chooses another build ({', '.join(torch_build.CHOICES)})"
        ) from error


def _pins(environment: Environment) -> tuple[str, str]:
    return ("-c", str(environment.root / "constraints.txt"))


def _answers(url: str) -> bool:
    """Whether a server says anything good within three seconds, looking its name up included.

    pip would wait and retry for minutes, for every package, on an index that is not there.
    """
    answer: queue.Queue[bool] = queue.Queue()

    def ask() -> None:
        request = urllib.request.Request(url, method="HEAD")
        try:
            with urllib.request.urlopen(request, timeout=_PROBE_SECONDS):
                answer.put(True)
        except (OSError, ValueError):
            answer.put(False)

    threading.Thread(target=ask, daemon=True).start()
    try:
        return answer.get(timeout=_PROBE_SECONDS + 0.5)
    except queue.Empty:
        return False
