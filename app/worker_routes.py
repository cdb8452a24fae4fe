"""Routes that node packs add: answered here, in the worker, by an aiohttp application of theirs.

It listens where the server alone comes in: at a socket in a folder of this user's, or, where there
are none of those, at a port of this machine; and it answers nobody who does not know the secret
that the server was told through its own pipe.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import shutil
import socket
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from graph.backends.workshop import Say

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log = logging.getLogger("safelight")
_PATIENCE = 30.0
_PREFIX, _DOOR = "safelight-", "door"
_YOUNG = 60.0
"""Seconds within which a socket may not be listened at yet."""
SECRET = "X-Safelight-Door"  # noqa: S105 - a header's name
HAS_FILES = hasattr(socket, "AF_UNIX") and sys.platform != "win32"
"""Whether sockets can be files."""


class PackRoutes:
    """The routes of the packs that were imported; none of them if none asked for the server.

    Made when all packs are imported.

    Args:
        in_folder: Whether to listen at a file's name rather than at a port.

    Attributes:
        door: Where the server comes in: `secret`, and `path` or `port`; None without routes.
    """

    def __init__(self, *, in_folder: bool = HAS_FILES) -> None:
        self._prompt_server: Any = None
        self._folder: Path | None = None
        self.door: dict[str, str | int] | None = None
        # Its class is made when a pack first asks for it, and none may have.
        module = sys.modules.get("compat.prompt_server")
        if module is None:
            return
        self._prompt_server = module.PromptServer.instance
        app = self._prompt_server.app
        app.add_routes(self._prompt_server.routes)
        if app.router.routes():
            self.door = self._open(in_folder=in_folder)

    def known(self) -> list[tuple[str, str]]:
        """Return methods and paths, as aiohttp writes these."""
        if self.door is None:
            return []
        return [
            (route.method, _path(route.resource))
            for route in self._prompt_server.app.router.routes()
            if route.resource is not None
        ]

    def connect(self, say: Say) -> None:
        """Take what passes messages on to the server's clients."""
        if self._prompt_server is not None:
            self._prompt_server.say = say

    def close(self) -> None:
        """Leave nothing behind."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _open(self, *, in_folder: bool) -> dict[str, str | int] | None:
        """Let the server in; None where that cannot be done."""
        secret = secrets.token_urlsafe(32)
        try:
            if in_folder:
                _clear_away_dead_doors(Path(tempfile.gettempdir()))
                self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
            listening = self._listen(secret, self._folder)
            loop = self._prompt_server.loop
            where = asyncio.run_coroutine_threadsafe(listening, loop).result(_PATIENCE)
        except Exception:  # noqa: BLE001 - what packs did to the application may be anything
            _log.warning("the routes of node packs cannot be answered", exc_info=True)
            return None
        return {"secret": secret, **where}

    async def _listen(self, secret: str, folder: Path | None) -> dict[str, str | int]:
        from aiohttp import web

        app = self._prompt_server.app
        app.middlewares.insert(0, web.middleware(_say_what_is_wrong))
        app.middlewares.insert(0, web.middleware(_only_who_knows(secret)))
        runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await runner.setup()
        if folder is not None:
            path = str(folder / _DOOR)
            await web.UnixSite(runner, path).start()
            return {"path": path}
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return {"port": int(runner.addresses[0][1])}


def _clear_away_dead_doors(folder: Path) -> None:
    """Remove what workers that were killed left behind: sockets at which nobody listens."""
    for path in folder.glob(f"{_PREFIX}*/{_DOOR}"):
        with suppress(OSError):  # it is another user's
            if time.time() - path.lstat().st_mtime < _YOUNG:
                continue
            with socket.socket(socket.AF_UNIX) as asking:
                asking.settimeout(1.0)
                try:
                    asking.connect(str(path))
                except ConnectionRefusedError:
                    path.unlink()
                    path.parent.rmdir()


def _only_who_knows(secret: str) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
    async def ask(request: web.Request, handler: Handler) -> web.StreamResponse:
        from aiohttp import web

        shown = request.headers.get(SECRET, "")
        if not secrets.compare_digest(shown.encode("utf-8", "replace"), secret.encode()):
            raise web.HTTPForbidden(text="this is for Safelight's server alone")
        return await handler(request)

    return ask


async def _say_what_is_wrong(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what a pack's code raises in a sentence; where it was goes into the log."""
    from aiohttp import web

    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except ConnectionError:
        if request.transport is not None and not request.transport.is_closing():
            raise
        return web.Response()  # who asked has hung up, and nobody hears it
    except Exception as error:  # noqa: BLE001 - the border to packs
        _log.exception("a node pack's route failed: %s %s", request.method, request.path)
        facts = {
            "type": "pack_failed",
            "message": f"the node pack raised {type(error).__name__}: {error}",
            "details": f"{request.method} {request.path}",
            "extra_info": {},
        }
        return web.json_response({"error": facts, "node_errors": {}}, status=500)


def _path(resource: web.AbstractResource) -> str:
    """A resource's path; of a folder's, one that stands for all that is in it."""
    prefix = resource.get_info().get("prefix")
    if prefix is not None:
        return f"{prefix}/{{path:.*}}"
    # As it was declared, with what a place may hold, which the canonical form leaves out.
    return getattr(resource, "_orig_path", resource.canonical)
