"""`PromptServer`: packs add routes to it, and send messages through it, in the worker they run in.

The server proper is another process. It hands requests for these routes to the worker, and passes
on what is sent here to its clients.
"""

from __future__ import annotations

import asyncio
import copy
import logging
from threading import Thread
from typing import TYPE_CHECKING, Any, ClassVar

from aiohttp import web

from compat.sent_pictures import Glimpses, encoded
from graph.context import current
from graph.events import WholePicture

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BinaryEventTypes", "PromptServer", "web"]

_log = logging.getLogger("safelight")
_CLIENT = "client of job "


class BinaryEventTypes:
    """Numbers of binary messages."""

    PREVIEW_IMAGE = 1
    UNENCODED_PREVIEW_IMAGE = 2
    TEXT = 3
    PREVIEW_IMAGE_WITH_METADATA = 4


class PromptServer:
    """What packs know of the server.

    Attributes:
        routes: Where packs add routes: `@PromptServer.instance.routes.get("/mine")`.
        app: Where some add them instead.
        supports: What ComfyUI's server of this version says of itself.
        on_prompt_handlers: What changes workflows before they are checked.
    """

    instance: ClassVar[PromptServer]

    def __init__(self) -> None:
        self.routes = web.RouteTableDef()
        self.app = web.Application(client_max_size=2**40)
        self.supports = ["custom_nodes_from_web"]
        self.on_prompt_handlers: list[Callable[[Any], Any]] = []
        self.say: Callable[[str, object, str | None], None] = _nobody
        """Passes a message on: its type, what it says, and to whom if not to everybody."""
        self._glimpses = Glimpses()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def client_id(self) -> str | None:
        """Stands for whoever sent the job whose node runs here; None elsewhere.

        The worker does not know clients: messages to this one are told apart when they are sent.
        """
        context = current.get()
        return _CLIENT + context.job if context is not None and context.job else None

    @property
    def last_prompt_id(self) -> str | None:
        """The job whose node runs here."""
        context = current.get()
        return None if context is None else context.job

    @property
    def last_node_id(self) -> str | None:
        """The node that runs here."""
        context = current.get()
        return None if context is None else context.node_id

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop in which routes are answered."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            Thread(target=self._loop.run_forever, name="pack routes", daemon=True).start()
        return self._loop

    def send_sync(self, event: str | int, data: Any, sid: str | None = None) -> None:  # noqa: ANN401 - JSON
        """Send a message, or a picture, to a client, or to all; from any thread.

        Args:
            event: The message's type, or a number of `BinaryEventTypes`.
            data: What it says; bytes; `(format, picture, largest size or None)`.
            sid: The client's id.
        """
        if isinstance(event, str):
            self._say(event, data, sid)
        elif isinstance(data, bytes | bytearray):
            self._say("binary", {"event": int(event), "data": bytes(data)}, sid)
        else:
            self._show(data, sid)

    def _say(self, type_: str, data: object, sid: str | None) -> None:
        if sid is not None and sid.startswith(_CLIENT):
            about = {"job": sid.removeprefix(_CLIENT), "type": type_, "data": data}
            self.say("to_sender", about, None)
        else:
            self.say(type_, data, sid)

    def _show(self, data: Any, sid: str | None) -> None:  # noqa: ANN401 - whatever a pack sends
        """Send a picture that is not encoded, alone or with what it is about."""
        match data:
            case [[str(kind), picture, *size], about]:
                pass
            case [str(kind), picture, *size]:
                about = None
            case _:
                _log.warning(
                    "a node pack sends as a picture something that is none; expected (format,"
                    " picture, largest size or None)"
                )
                return
        largest = size[0] if size else None
        context = current.get()
        if context is not None and largest and not self._glimpses.due(context):
            return
        content = encoded(kind, picture, largest)
        if context is not None and sid in (None, self.client_id):
            # Told with what else happens to the node, it comes in order, to whoever sent the job.
            context.progress(0, 0, WholePicture(content))
        else:
            self._say("picture", {"content": content, "about": about}, sid)

    async def send(self, event: str | int, data: Any, sid: str | None = None) -> None:  # noqa: ANN401 - JSON
        """Send a message to a client, or to all."""
        self.send_sync(event, data, sid)

    async def send_json(self, event: str, data: Any, sid: str | None = None) -> None:  # noqa: ANN401 - JSON
        """Do the same."""
        self.send_sync(event, data, sid)

    def send_progress_text(self, text: str | bytes, node_id: str, sid: str | None = None) -> None:
        """Say in words how far a node is."""
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        self._say("progress_text", {"node": str(node_id), "text": said}, sid)

    def add_routes(self) -> None:
        """There is nothing to be done: routes are found where packs put them."""

    def add_on_prompt_handler(self, handler: Callable[[Any], Any]) -> None:
        """Have workflows changed that are sent, before they are checked.

        Args:
            handler: Given what was posted, `{"prompt", "extra_data", …}`, answers what is to be in
                its place.
        """
        self.on_prompt_handlers.append(handler)

    def trigger_on_prompt(self, json_data: dict[str, Any]) -> dict[str, Any]:
        """Let all handlers change what was posted; one that fails changes nothing."""
        for handler in self.on_prompt_handlers:
            name = getattr(handler, "__qualname__", repr(handler))
            try:
                changed = handler(copy.deepcopy(json_data))
            except Exception:  # noqa: BLE001 - the border to packs
                _log.warning("%s of a node pack failed at a workflow", name, exc_info=True)
                continue
            if isinstance(changed, dict):
                json_data = changed
            else:
                _log.warning("%s of a node pack gave no workflow back, but %r", name, changed)
        return json_data


def _nobody(_type: str, _data: object, _client: str | None) -> None:
    """Stands where nobody listens: in a headless run."""


PromptServer.instance = PromptServer()
