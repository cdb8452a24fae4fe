"""The WebSocket, and Server-Sent Events for those who have none."""

from __future__ import annotations

import asyncio
import json
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from aiohttp import WSCloseCode, WSMsgType, web

from web.declared.readers import Doc, Range
from web.declared.route import get
from web.errors import WebError, bad_request, forbidden
from web.frames import BinaryFrame, PreviewFrame, TextFrame
from web.guards.headers import add_headers
from web.guards.origins import same_origin
from web.hub import HUB
from web.outlet import Outlet
from web.services import SERVICES
from web.socket_sending import SocketSender, framed
from web.system_routes import server_features

if TYPE_CHECKING:
    from web.outlet import Frame

_MOST_CLIENTS = 2_000
_LONGEST_MESSAGE = 2**16
_HEARTBEAT = 30.0
_SEND_PATIENCE = 60.0
_TOGETHER = 50
"""Frames that a client must have taken within that time: a clock for each would cost more."""
_FLOOD = 200
"""Messages in ten seconds: a client says one when it comes, and nothing after that."""


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Who listens, and from when on."""

    clientId: Annotated[  # noqa: N815 - as it travels
        str | None, Range(most=200), Doc("by which jobs are sent; made up by default")
    ] = None
    since: Annotated[
        int | None,
        Doc("the number of the last event that is known; asks for numbers, and our own messages"),
    ] = None


@get(
    "/ws",
    media="application/json",
    errors={101: "what happens is told from now on", 503: "there are too many clients"},
)
async def events_by_socket(request: web.Request, query: EventQuery) -> web.StreamResponse:
    """Tell what happens by WebSocket: text frames `{type, data}`, and binary previews."""
    hub = request.app[HUB]
    if hub.count >= _MOST_CLIENTS:
        raise WebError(503, "too_many_clients", f"there are {_MOST_CLIENTS} clients already")
    socket = web.WebSocketResponse(
        heartbeat=_HEARTBEAT, max_msg_size=_LONGEST_MESSAGE, compress=False
    )
    if not socket.can_prepare(request):
        raise bad_request("this is for WebSockets; /events tells the same over HTTP")
    await socket.prepare(request)
    numbered = query.since is not None
    pictures = numbered or request.app[SERVICES].previews_for_all
    outlet = Outlet(query.clientId or uuid.uuid4().hex, numbered=numbered, pictures=pictures)
    hub.join(outlet, query.since)
    features: dict[str, Any] = {}
    sending = SocketSender(request, socket)
    sender = asyncio.create_task(_send_all(socket, sending, outlet, features))
    try:
        await _listen(socket, outlet, features, request.app)
    finally:
        hub.leave(outlet)
        outlet.close()
        sender.cancel()
        with suppress(asyncio.CancelledError):
            await sender
    return socket


async def _send_all(
    socket: web.WebSocketResponse, sending: SocketSender, outlet: Outlet, features: dict[str, Any]
) -> None:
    """Send what waits until nothing more will."""
    with suppress(ConnectionError, TimeoutError, RuntimeError):
        while frames := await outlet.take():
            for start in range(0, len(frames), _TOGETHER):
                some = frames[start : start + _TOGETHER]
                async with asyncio.timeout(_SEND_PATIENCE):
                    await sending.send([_framed(outlet, frame, features) for frame in some])
    code = WSCloseCode.TRY_AGAIN_LATER if outlet.overrun else WSCloseCode.GOING_AWAY
    reason = b"too slow" if outlet.overrun else b"the server is stopping"
    with suppress(ConnectionError, TimeoutError, RuntimeError):
        async with asyncio.timeout(2.0):
            await socket.close(code=code, message=reason)


def _framed(outlet: Outlet, frame: Frame, features: dict[str, Any]) -> bytes:
    if isinstance(frame, PreviewFrame):
        described = features.get("supports_preview_metadata") is True
        return framed(frame.with_metadata if described else frame.bare, WSMsgType.BINARY)
    if isinstance(frame, BinaryFrame):
        return framed(frame.content, WSMsgType.BINARY)
    return framed(frame.numbered if outlet.numbered else frame.plain, WSMsgType.TEXT)


async def _listen(
    socket: web.WebSocketResponse, outlet: Outlet, features: dict[str, Any], app: web.Application
) -> None:
    """Hear what the client says, which is its features in its first message or nothing."""
    loop = asyncio.get_running_loop()
    count, until, first = 0, loop.time() + 10.0, True
    async for message in socket:
        if loop.time() > until:
            count, until = 0, loop.time() + 10.0
        count += 1
        if count > _FLOOD:
            await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"too many messages")
            return
        if first and message.type is WSMsgType.TEXT:
            told = _features(message.data)
            if told is not None:
                features.update(told)
                if told.get("supports_preview_metadata") is True:
                    app[HUB].show_pictures(outlet)
                text = {"type": "feature_flags", "data": server_features(app)}
                await socket.send_str(json.dumps(text))
        first = False


def _features(text: str) -> dict[str, Any] | None:
    """Return what a client says it can do; None if it says something else."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or message.get("type") != "feature_flags":
        return None
    data = message.get("data")
    return data if isinstance(data, dict) else {}


@get("/events", media="text/event-stream", errors={503: "there are too many clients"})
async def events_by_stream(request: web.Request, query: EventQuery) -> web.StreamResponse:
    """Tell what happens by Server-Sent Events, numbered, without previews."""
    if not same_origin(request.headers, request.headers["Host"]):
        raise forbidden("pages of other sites may not listen", "origin_not_allowed")
    hub = request.app[HUB]
    if hub.count >= _MOST_CLIENTS:
        raise WebError(503, "too_many_clients", f"there are {_MOST_CLIENTS} clients already")
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    add_headers(response)
    await response.prepare(request)
    outlet = Outlet(query.clientId or uuid.uuid4().hex, numbered=True, pictures=False)
    hub.join(outlet, _since(request, query))
    try:
        await _stream(response, outlet)
    finally:
        hub.leave(outlet)
    return response


async def _stream(response: web.StreamResponse, outlet: Outlet) -> None:
    with suppress(ConnectionError):
        while True:
            try:
                async with asyncio.timeout(_HEARTBEAT / 2):
                    frames = await outlet.take()
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if not frames:
                return
            content = b"".join(_streamed(frame) for frame in frames if isinstance(frame, TextFrame))
            async with asyncio.timeout(_SEND_PATIENCE):
                await response.write(content)


def _streamed(frame: TextFrame) -> bytes:
    """A message as Server-Sent Events have it."""
    head = f"id: {frame.number}\nevent: {frame.message.type}\ndata: "
    return b"%b%b\n\n" % (head.encode(), frame.numbered)


def _since(request: web.Request, query: EventQuery) -> int | None:
    """Return the last number that a client knows; a browser that reconnects says it by itself."""
    last = request.headers.get("Last-Event-ID", "")
    return int(last) if last.isascii() and last.isdigit() and len(last) < 20 else query.since
