"""What stands for a worker with packs that add routes: an application behind a real socket."""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from web.pack_door import Door

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

ROUTES = (
    ("GET", "/pack/list/{kind}"),
    ("POST", "/pack/do"),
    ("GET", r"/pack/n/{number:\d+}"),
    ("GET", "/pack/stream"),
    ("HEAD", "/pack/stream"),
    ("GET", "/pack/socket"),
)
SECRET = "between us"


class Packs:
    """What the packs hear, and what they say.

    Attributes:
        asked: What came there.
        answer: What it answers.
        door: Where it listens, once it does.
    """

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answer: Callable[[web.Request], Awaitable[web.StreamResponse]] = lambda _: answer(200)
        self.door: Door | None = None

    async def _take(self, request: web.Request) -> web.StreamResponse:
        facts = {
            "method": request.method,
            "target": request.raw_path,
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "body": await request.read(),
        }
        self.asked.append(facts)
        return await self.answer(request)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen for as long as the block lasts, and leave the socket behind as one killed does."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._take)
        runner = web.AppRunner(app)
        await runner.setup()
        folder = tempfile.mkdtemp()
        path = Path(folder, "door")
        await web.UnixSite(runner, path).start()
        self.door = Door(SECRET, str(path))
        yield
        await runner.cleanup()
        if path.parent.exists():  # it may have been cleared away
            path.touch()


async def answer(status: int, **headers: str) -> web.StreamResponse:
    """Answer with nothing but that."""
    return web.Response(status=status, headers=headers)
