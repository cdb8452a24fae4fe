"""Routes that node packs add: answered here, in the worker, by an aiohttp application of theirs.

It listens nowhere. A request comes as plain data from the server, goes through a pair of sockets
within this process, and comes out as plain data.
"""

from __future__ import annotations

import asyncio
import http.client
import logging
import socket
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from aiohttp import web

    from graph.backends.workshop import Say

_log = logging.getLogger("safelight")
_PATIENCE = 60.0
_AT_ONCE = 16
"""Requests that are answered at the same time; the others wait."""
_SAFE = "/%:@!$&'()*+,;=~-._"
_OWN = ("content-length", "transfer-encoding", "connection", "host")


class PackRoutes:
    """The routes of the packs that were imported; none of them if none asked for the server.

    Made when all packs are imported.
    """

    def __init__(self) -> None:
        self._prompt_server: Any = None
        self._runner: web.AppRunner | None = None
        # Apart from those that answer other questions, which need not wait for a slow pack.
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="pack route")
        # Its class is made when a pack first asks for it, and none may have.
        module = sys.modules.get("compat.prompt_server")
        if module is not None:
            self._prompt_server = module.PromptServer.instance
            self._prompt_server.app.add_routes(self._prompt_server.routes)

    def known(self) -> list[tuple[str, str]]:
        """Return methods and paths, as aiohttp writes these."""
        if self._prompt_server is None:
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

    def answer(self, question: Mapping[str, Any]) -> Future[dict[str, object]]:
        """Answer a request, `{"method", "path", "query", "headers", "body"}`, later.

        Raises:
            LookupError: No pack has routes.
        """
        if self._prompt_server is None:
            raise LookupError("no node pack has added a route")
        return self._threads.submit(self._answered, question)

    def _answered(self, question: Mapping[str, Any]) -> dict[str, object]:
        try:
            return self._asked(question)
        except TimeoutError as error:
            raise TimeoutError(f"the node pack did not answer in {_PATIENCE:g} seconds") from error
        except (OSError, http.client.HTTPException) as error:
            raise OSError("the node pack broke off its answer") from error

    def _asked(self, question: Mapping[str, Any]) -> dict[str, object]:
        loop = self._prompt_server.loop
        ours, theirs = socket.socketpair()
        with ours:
            ours.settimeout(_PATIENCE)
            asyncio.run_coroutine_threadsafe(self._take(theirs), loop).result(_PATIENCE)
            ours.sendall(_written(question))
            with http.client.HTTPResponse(ours, method=question["method"]) as response:
                response.begin()
                body = response.read()
                headers = {name.lower(): value for name, value in response.getheaders()}
                return {"status": response.status, "headers": headers, "body": body}

    async def _take(self, connection: socket.socket) -> None:
        """Have the application answer what comes through a socket."""
        from aiohttp import web

        if self._runner is None:
            self._prompt_server.app.middlewares.insert(0, web.middleware(_say_what_is_wrong))
            runner = web.AppRunner(self._prompt_server.app, access_log=None)
            await runner.setup()
            self._runner = runner
        connection.setblocking(False)
        server = self._runner.server
        await asyncio.get_running_loop().connect_accepted_socket(server, connection)  # type: ignore[arg-type]


async def _say_what_is_wrong(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer what a pack's code raises in a sentence; where it was goes into the log."""
    from aiohttp import web

    try:
        return await handler(request)
    except (web.HTTPException, ConnectionError):
        raise
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


def _written(question: Mapping[str, Any]) -> bytes:
    """Write a request as HTTP, its names and values without line ends."""
    path = quote(question["path"], safe=_SAFE)
    target = f"{path}?{question['query']}" if question["query"] else path
    body: bytes = question["body"] or b""
    headers = {
        **{k: v for k, v in question["headers"].items() if k.lower() not in _OWN},
        "Host": "localhost",
        "Connection": "close",
        "Content-Length": str(len(body)),
    }
    lines = [f"{question['method']} {target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    cleaned = ["".join(c for c in line if c.isprintable()) for line in lines]
    return "\r\n".join([*cleaned, "", ""]).encode("utf-8") + body
