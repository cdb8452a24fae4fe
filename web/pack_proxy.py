"""Routes that node packs add: answered by the worker, which is where packs are.

The server never loads a pack. What it does not know itself, and a pack says that it does, is handed
on after the gate has let it in; what comes back is passed on as it comes, no faster than the client
takes it. WebSockets are passed through both ways.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from aiohttp import ClientError, WSCloseCode, WSMsgType, WSServerHandshakeError, web
from yarl import URL

from web.bodies import LIMITS, read_bytes
from web.errors import WebError, forbidden
from web.guards.headers import add_headers
from web.guards.origins import same_origin
from web.pack_paths import PackPaths

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse

    from web.pack_door import Door
    from web.pack_paths import Known

_log = logging.getLogger("safelight.web")
_PASSED_ON = (
    *("content-type", "accept", "accept-language", "range", "if-none-match", "if-modified-since"),
    "comfy-user",
)
_PASSED_BACK = (
    *("content-type", "content-disposition", "content-encoding", "content-range", "location"),
    *("cache-control", "etag", "last-modified", "accept-ranges"),
)
_MOST = 500
"""Requests, WebSockets among them, that are passed on at the same time."""
_HEARTBEAT = 30.0
_CODES = {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}
"""With which a WebSocket can be closed (RFC 6455, section 7.4)."""
_LOOK = 1.0
"""Seconds between two looks whether the client still waits for an answer."""


class PackProxy:
    """Hands requests to packs.

    Args:
        known: Which routes they have.
        door: Answers where they are; None while nobody knows.
    """

    def __init__(self, known: Known, door: Callable[[], Door | None]) -> None:
        self._paths = PackPaths(known)
        self._door = door
        self._session: ClientSession | None = None
        self._at: Door | None = None
        self._count = 0

    async def __call__(self, request: web.Request) -> web.StreamResponse | None:
        """Answer a request; None if no pack does."""
        path, matching = self._paths.find(request.path)
        if not matching:
            return None
        # Unlike ours, a pack's routes may change something when they are asked by GET.
        if not same_origin(request.headers, request.headers["Host"]):
            raise forbidden("pages of other sites may not do this", "origin_not_allowed")
        if request.method not in matching and "*" not in matching:
            allowed = {"Allow": ",".join(sorted(matching))}
            raise WebError(405, "method_not_allowed", "not possible here", headers=allowed)
        if self._count >= _MOST:
            raise WebError(503, "too_many_requests", f"{_MOST} requests to packs are under way")
        raw = request.rel_url.raw_path
        url = URL.build(
            path=raw if path == request.path else raw.removeprefix("/api"),
            query_string=request.rel_url.raw_query_string,
            encoded=True,
        )
        self._count += 1
        try:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await self._through(request, url)
            return await _while_wanted(request, self._answer(request, url))
        finally:
            self._count -= 1

    async def close(self) -> None:
        """Break off what is under way."""
        if self._session is not None:
            await self._session.close()

    async def _answer(self, request: web.Request, url: URL) -> web.StreamResponse:
        body = await read_bytes(request, request.app[LIMITS].upload)
        async with self._asking() as session:
            asked = await session.request(
                # Packs' handlers of GET answer HEAD as well, and do not know it.
                "GET" if request.method == "HEAD" else request.method,
                url,
                headers=_passed_on(request),
                data=body or None,
                allow_redirects=False,
            )
        async with asked as told:
            response = _response(told)
            await response.prepare(request)
            if request.method == "HEAD":
                asked.close()
                return response
            try:
                async for chunk in told.content.iter_any():
                    await response.write(chunk)
                await response.write_eof()
            except ConnectionError:
                pass  # the client has hung up, and so do we
            except ClientError:
                # It is too late to say so in words.
                _log.warning("a node pack broke off its answer to %s", request.path[:200])
                if request.transport is not None:
                    request.transport.abort()
            return response

    async def _through(self, request: web.Request, url: URL) -> web.StreamResponse:
        """Pass a WebSocket through."""
        most = request.app[LIMITS].upload
        wanted = request.headers.get("Sec-WebSocket-Protocol", "")
        protocols = [name for part in wanted.split(",") if (name := part.strip())]
        async with self._asking() as session:
            asked = await session.ws_connect(
                url, headers=_passed_on(request), protocols=protocols, max_msg_size=most
            )
        async with asked as theirs:
            ours = web.WebSocketResponse(
                heartbeat=_HEARTBEAT,
                max_msg_size=most,
                protocols=[theirs.protocol] if theirs.protocol else (),
                compress=False,
            )
            await ours.prepare(request)
            ways = {
                asyncio.create_task(_relay(ours, theirs)),
                asyncio.create_task(_relay(theirs, ours)),
            }
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
            return ours

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[ClientSession]:
        """Have a client of the worker, whose troubles are answers.

        Raises:
            WebError: The worker is not there, or not any more, or wants no WebSocket here.
        """
        door = self._door()
        again = {"Retry-After": "1"}
        if door is None:
            sentence = "the worker is being started; ask again in a moment"
            raise WebError(503, "worker_not_ready", sentence, headers=again)
        session = self._session
        if session is None or door != self._at:
            before, at = session, self._at
            # At once, for others who come while the last worker is left find this one.
            self._session = session = door.session()
            self._at = door
            await _leave(before, at)
        try:
            yield session
        except WSServerHandshakeError as error:
            sentence = "the node pack takes no WebSocket here"
            status = error.status if 400 <= error.status < 600 else 400
            raise WebError(status, "no_websocket", sentence) from error
        except (ClientError, OSError) as error:
            sentence = "the worker that has this route is gone, or did not answer; ask again"
            raise WebError(503, "worker_not_ready", sentence, headers=again) from error


async def _leave(session: ClientSession | None, door: Door | None) -> None:
    """Have done with a worker that is not there any more."""
    if door is not None:
        door.clear_away()
    if session is not None:
        await session.close()


async def _while_wanted(
    request: web.Request, answering: Coroutine[None, None, web.StreamResponse]
) -> web.StreamResponse:
    """Answer, unless the client hangs up: packs may take for ever."""
    task = asyncio.ensure_future(answering)
    try:
        while not (await asyncio.wait({task}, timeout=_LOOK))[0]:
            if request.transport is None or request.transport.is_closing():
                return web.Response()  # nobody hears it
        return task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _passed_on(request: web.Request) -> dict[str, str]:
    return {name: request.headers[name] for name in _PASSED_ON if name in request.headers}


def _response(told: ClientResponse) -> web.StreamResponse:
    """Begin an answer like a pack's, with those of its headers that can do no harm."""
    headers = {name: told.headers[name] for name in _PASSED_BACK if name in told.headers}
    response = web.StreamResponse(status=told.status, headers=headers)
    response.content_length = told.content_length
    add_headers(response)
    return response


async def _relay(
    source: web.WebSocketResponse | ClientWebSocketResponse,
    target: web.WebSocketResponse | ClientWebSocketResponse,
) -> None:
    """Pass on what one side says until it ends; the other side is waited for."""
    with suppress(ConnectionError, ClientError):
        async for message in source:
            if message.type is WSMsgType.TEXT:
                await target.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                await target.send_bytes(message.data)
        code = source.close_code or WSCloseCode.OK
        if code == WSCloseCode.ABNORMAL_CLOSURE:  # that of a worker that died, or is told to stop
            await target.close(code=WSCloseCode.GOING_AWAY, message=b"the other side is gone")
        else:
            await target.close(code=code if code in _CODES else WSCloseCode.OK)
