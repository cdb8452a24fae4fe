"""A WebSocket client in a thread of its own, which notes what it hears."""

from __future__ import annotations

import asyncio
import json
import time
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

from aiohttp import ClientSession, WSMsgType

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import ClientWebSocketResponse


class Ear:
    """Listens until the server hangs up, or the block ends.

    Args:
        url: The server's.
        client: Whose jobs it hears of.
        since: The number of the last event that it knows; asks for numbers.
        announcing: Whether it says, as editors do, that it can read pictures.

    Attributes:
        heard: Messages, pictures as bytes.
        farewell: With which code and words the server hung up, once it has.
    """

    def __init__(
        self, url: str, client: str, since: int | None = None, *, announcing: bool = False
    ) -> None:
        self._announcing = announcing
        query = "" if since is None else f"&since={since}"
        self._address = f"{url}/ws?clientId={client}{query}"
        self.heard: list[Any] = []
        self.farewell: tuple[int | None, str] | None = None
        self._open = False
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_until_complete, args=(self._listen(),))

    def __enter__(self) -> Self:
        self._thread.start()
        self.until(lambda _: self._open)
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()
        self._loop.close()

    def until(self, enough: Callable[[list[Any]], bool], seconds: float = 60.0) -> list[Any]:
        """Wait until enough was heard, or the server hung up; everything that was."""
        end = time.monotonic() + seconds
        while not enough(self.heard) and self.farewell is None:
            if time.monotonic() > end:
                raise TimeoutError(f"it was not heard: {self.heard[-20:]}")
            time.sleep(0.005)
        return self.heard

    def until_over(self, job: str, seconds: float = 60.0) -> list[Any]:
        """Wait for the message that ComfyUI's clients take for a job's end."""
        return self.until(lambda heard: any(_is_end(said, job) for said in heard), seconds)

    def of(self, kind: str) -> list[Any]:
        """What messages of a type said."""
        return [said["data"] for said in self.heard if _type(said) == kind]

    @property
    def kinds(self) -> list[str]:
        """The types of what was heard, in order."""
        return [_type(said) for said in self.heard]

    async def _listen(self) -> None:
        self._task = asyncio.current_task()  # type: ignore[assignment]
        try:
            async with ClientSession() as session, session.ws_connect(self._address) as socket:
                if self._announcing:
                    features = {"supports_preview_metadata": True}
                    await socket.send_json({"type": "feature_flags", "data": features})
                self._open = True
                await self._note(socket)
        except (asyncio.CancelledError, OSError):
            pass

    async def _note(self, socket: ClientWebSocketResponse) -> None:
        while True:
            message = await socket.receive()
            if message.type is WSMsgType.TEXT:
                self.heard.append(json.loads(message.data))
            elif message.type is WSMsgType.BINARY:
                self.heard.append(message.data)
            else:
                said = message.extra if isinstance(message.extra, str) else ""
                self.farewell = (socket.close_code, said)
                return

    _task: asyncio.Task[None]


def _type(said: Any) -> str:  # noqa: ANN401 - JSON or bytes
    return "picture" if isinstance(said, bytes) else str(said["type"])


def _is_end(said: Any, job: str) -> bool:  # noqa: ANN401 - JSON or bytes
    if _type(said) != "executing":
        return False
    return bool(said["data"]["node"] is None and said["data"]["prompt_id"] == job)
