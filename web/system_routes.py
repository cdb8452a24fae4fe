"""What the server is, what it can do, and what it has logged."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, TypedDict

from aiohttp import web

from web.declared.readers import Doc
from web.declared.route import get, patch
from web.log_book import LogEntry  # noqa: TC001 - a TypedDict reads it
from web.places import Type, place_of
from web.services import SERVICES
from web.system import Device, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMFYUI = "0.3.64"
"""The version of ComfyUI whose protocol this is; clients decide by it what they may ask for."""


class System(TypedDict):
    """The machine and the versions; memory in bytes."""

    os: str
    ram_total: int
    ram_free: int
    comfyui_version: str
    safelight_version: str
    required_frontend_version: str
    installed_templates_version: str
    required_templates_version: str
    python_version: str
    pytorch_version: str
    embedded_python: bool
    argv: list[str]


class SystemStats(TypedDict):
    """The machine and its devices."""

    system: System
    devices: list[Device]


class Features(TypedDict):
    """What a client may count on; bytes."""

    supports_preview_metadata: bool
    max_upload_size: int


class Terminal(TypedDict):
    """The terminal's size."""

    cols: int
    rows: int


class RawLogs(TypedDict):
    """The last lines, and how wide the terminal is."""

    entries: list[LogEntry]
    size: Terminal


@dataclass(frozen=True, slots=True)
class LogWish:
    """Whether a client wants to hear of new lines."""

    clientId: str  # noqa: N815 - as it travels
    enabled: bool


@get("/system_stats")
async def system_stats(request: web.Request) -> SystemStats:
    """Tell versions, memory and devices."""
    services = request.app[SERVICES]
    machine = await services.machine()
    return {
        "system": {
            "os": os.name if sys.platform != "darwin" else "darwin",
            "ram_total": machine.ram_total,
            "ram_free": machine.ram_free,
            "comfyui_version": COMFYUI,
            "safelight_version": services.version,
            "required_frontend_version": services.version,
            "installed_templates_version": services.version,
            "required_templates_version": services.version,
            "python_version": f"{platform.python_version()} ({sys.version})",
            "pytorch_version": machine.pytorch_version,
            "embedded_python": False,
            "argv": without_secrets(sys.argv),
        },
        "devices": list(machine.devices),
    }


@get("/features")
async def features(request: web.Request) -> Features:
    """Tell what the server can do."""
    return server_features(request.app)


def server_features(app: web.Application) -> Features:
    """Return what the server can do."""
    return {
        "supports_preview_metadata": True,
        "max_upload_size": app[SERVICES].limits.upload,
    }


@get("/internal/logs")
async def logs(request: web.Request) -> str:
    """Give the last lines of the log as one text."""
    return "".join(f"{entry['t']} - {entry['m']}" for entry in request.app[SERVICES].logs.entries())


@get("/internal/logs/raw")
async def raw_logs(request: web.Request) -> RawLogs:
    """Give the last lines of the log."""
    return {"entries": request.app[SERVICES].logs.entries(), "size": terminal()}


def terminal() -> Terminal:
    """Return the terminal's size."""
    size = shutil.get_terminal_size()
    return {"cols": size.columns, "rows": size.lines}


@patch("/internal/logs/subscribe")
async def subscribe_logs(request: web.Request, body: LogWish) -> None:
    """Have new lines of the log sent to a client's WebSocket, or not any more."""
    listeners = request.app[SERVICES].logs.listeners
    if not body.enabled:
        listeners.discard(body.clientId)
    elif len(listeners) < 1_000:
        listeners.add(body.clientId[:200])


@get("/internal/folder_paths")
async def folder_paths(request: web.Request) -> dict[str, list[str]]:
    """Tell where the models of each kind are looked for, and node packs."""
    folders = request.app[SERVICES].folders
    found = {kind: [str(place) for place in places] for kind, places in folders.models.items()}
    return {**found, "custom_nodes": [str(folders.custom_nodes)]}


@dataclass(frozen=True, slots=True)
class FilesQuery:
    """How deep to look."""

    recurse: Annotated[bool, Doc("also what is in folders below, as 'folder/name'")] = False


@get("/internal/files/{type}", errors={400: "there is no such folder"})
async def folder_files(
    request: web.Request,
    type: Type,  # noqa: A002 - as it travels
    query: FilesQuery,
) -> list[str]:
    """List the files in the input, output or temp folder, the newest first."""
    root = place_of(request, type).root
    found = await asyncio.to_thread(lambda: list(_files(root, "", query.recurse)))
    return [name for _, name in sorted(found, reverse=True)]


def _files(folder: Path, before: str, recurse: bool) -> Iterator[tuple[float, str]]:
    """Yield when each file was written, and its path; links are not followed."""
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if not entry.name.startswith(".")]
    except OSError:
        return
    for entry in entries:
        name = before + entry.name
        with suppress(OSError):  # it is gone meanwhile
            if entry.is_file(follow_symlinks=False):
                yield entry.stat(follow_symlinks=False).st_mtime, name
            elif recurse and entry.is_dir(follow_symlinks=False):
                yield from _files(folder / entry.name, f"{name}/", recurse)
