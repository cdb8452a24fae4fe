"""Routes that node packs add: answered by the worker, which is where packs are.

The server never loads a pack. What it does not know itself, and a pack says that it does, is handed
to the worker as plain data, after the gate has let it in; what comes back is plain data, too.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from aiohttp import web

from graph.backends.link import AskError
from graph.errors import GraphError
from web.bodies import LIMITS, read_bytes
from web.errors import WebError, forbidden
from web.guards.origins import same_origin

if TYPE_CHECKING:
    from web.jobs import Worker

Known: TypeAlias = Callable[[], Collection[tuple[str, str]]]
"""Answers which methods and paths packs answer, `{name}` standing for anything without a slash."""

_PLACE = re.compile(r"{(\w+)(?::([^{}]*))?}")
_PASSED_ON = (
    *("content-type", "accept", "accept-language", "range", "if-none-match", "if-modified-since"),
    "comfy-user",
)
_PASSED_BACK = (
    *("content-type", "content-disposition", "content-encoding", "content-range", "location"),
    *("cache-control", "etag", "last-modified", "accept-ranges"),
)
_PATIENCE = 65.0
"""Seconds to wait for an answer; packs have a little less than that."""
_AT_ONCE = 16


class PackProxy:
    """Hands requests to packs.

    Args:
        worker: Where the packs are.
        known: Which routes they have.
    """

    def __init__(self, worker: Worker, known: Known) -> None:
        self._worker = worker
        self._known = known
        self._patterns: dict[str, re.Pattern[str]] = {}
        # Apart from what else is asked of workers, which need not wait for a slow pack.
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="pack route")

    async def __call__(self, request: web.Request) -> web.StreamResponse | None:
        """Answer a request; None if no pack does."""
        path, matching = self._found(request.path)
        if not matching:
            return None
        # Unlike ours, a pack's routes may change something when they are asked by GET.
        if not same_origin(request.headers, request.headers["Host"]):
            raise forbidden("pages of other sites may not do this", "origin_not_allowed")
        if request.method not in matching and "*" not in matching:
            allowed = {"Allow": ",".join(sorted(matching))}
            raise WebError(405, "method_not_allowed", "not possible here", headers=allowed)
        body = await read_bytes(request, request.app[LIMITS].upload)
        question = {
            "method": request.method,
            "path": path,
            "query": request.query_string,
            "headers": {
                name: request.headers[name] for name in _PASSED_ON if name in request.headers
            },
            "body": body,
        }
        try:
            answer = await asyncio.get_running_loop().run_in_executor(
                self._threads, partial(self._worker.ask, "request", question, seconds=_PATIENCE)
            )
        except AskError as error:
            raise WebError(500, "pack_failed", str(error)) from error
        except GraphError as error:
            again = {"Retry-After": "1"}
            raise WebError(503, "worker_not_ready", str(error), headers=again) from error
        return _response(answer)

    def _found(self, asked: str) -> tuple[str, list[str]]:
        """Return the path by which packs know what is asked for, and the methods they answer."""
        below = asked.removeprefix("/api") if asked.startswith("/api/") else asked
        for path in dict.fromkeys((asked, below)):
            matching = [method for method, pattern in self._known() if self._fits(pattern, path)]
            if matching:
                return path, matching
        return asked, []

    def _fits(self, pattern: str, path: str) -> bool:
        if pattern not in self._patterns:
            self._patterns[pattern] = _compiled(pattern)
        return self._patterns[pattern].fullmatch(path) is not None


def _compiled(pattern: str) -> re.Pattern[str]:
    """Make a regular expression of a path as aiohttp writes it."""
    parts: list[str] = []
    end = 0
    for place in _PLACE.finditer(pattern):
        parts += [re.escape(pattern[end : place.start()]), f"(?:{place[2] or '[^/]+'})"]
        end = place.end()
    try:
        return re.compile("".join([*parts, re.escape(pattern[end:])]))
    except re.error:
        return re.compile(re.escape(pattern))


def _response(answer: Any) -> web.Response:  # noqa: ANN401 - plain data
    """Make an answer of what a pack said; of its headers those that can do no harm."""
    if not isinstance(answer, Mapping):
        raise WebError(500, "pack_failed", "the node pack gave no answer")
    status = answer.get("status", 200)
    told = answer.get("headers")
    headers = {
        str(name): re.sub(r"[\x00-\x1f\x7f]", " ", str(value))
        for name, value in (told.items() if isinstance(told, Mapping) else ())
        if str(name).lower() in _PASSED_BACK
    }
    body = answer.get("body", b"")
    sound = isinstance(status, int) and 200 <= status < 600
    return web.Response(
        status=status if sound else 502,
        body=body if isinstance(body, bytes) else str(body).encode(),
        headers=headers,
    )
