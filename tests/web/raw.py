"""A real server and raw connections to it, for what no well-behaved client would send."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from web.server import Listening, listen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def error(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)["error"]
        return found


@asynccontextmanager
async def listening(app: web.Application, idle: float = 75.0) -> AsyncIterator[int]:
    """A server on a port of 127.0.0.1."""
    runner = await listen(app, Listening(port=0, idle=idle))
    try:
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def exchange(port: int, sent: bytes, *, end: bool = False) -> Answer | None:
    """Send bytes and read one answer; None if the connection is closed without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        if end:
            writer.write_eof()
        async with asyncio.timeout(20):
            return await read_answer(reader)
    except ConnectionError:
        return None
    finally:
        writer.close()


async def read_answer(reader: asyncio.StreamReader) -> Answer | None:
    """Read one answer."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode().strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(first.split()[1]), headers, body)
