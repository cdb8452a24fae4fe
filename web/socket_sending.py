"""Frames of a WebSocket, many by one call to the system: aiohttp's own way is a call for each."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import WSMsgType, web

_WHOLE: Final = 0x80
_SHORT: Final = struct.Struct("!BB")
_MEDIUM: Final = struct.Struct("!BBH")
_LONG: Final = struct.Struct("!BBQ")


def framed(content: bytes, kind: WSMsgType) -> bytes:
    """Return a message as a server sends it: whole and unmasked (RFC 6455, section 5.2)."""
    first, length = _WHOLE | kind, len(content)
    if length < 126:
        return _SHORT.pack(first, length) + content
    if length < 2**16:
        return _MEDIUM.pack(first, 126, length) + content
    return _LONG.pack(first, 127, length) + content


class SocketSender:
    """Sends to one client.

    Args:
        request: What the client asked for a WebSocket by.
        socket: The same, once it is open and not compressed.
    """

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self._request = request
        self._socket = socket

    async def send(self, frames: Iterable[bytes]) -> None:
        """Send frames, and wait while the client has too much to read.

        Raises:
            ConnectionError: It is gone, or said that it wants no more.
        """
        transport = self._request.transport
        if self._socket.closed or transport is None or transport.is_closing():
            raise ConnectionResetError("the client has hung up")
        transport.write(b"".join(frames))
        await self._request.writer.drain()
