"""What node packs say to clients in their own words, passed on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from web.frames import BinaryFrame, PreviewFrame, text_frame
from web.messages import Message

if TYPE_CHECKING:
    from web.messages import Clients
    from web.outlet import Frame

Route: TypeAlias = "Callable[[Frame, str | None], None]"
"""Hands a frame to a client, or to all."""
Send: TypeAlias = Callable[[str | None, Message], None]
"""Does the same with a message."""

_MOMENT = 0.005
_TRIES = 100
"""How often to look for the job that a message is about, a moment after each other."""


class PackWords:
    """Between packs and a hub; used in the hub's event loop.

    Args:
        clients: Who sent which job.
        route: Hands frames on.
        send: Hands messages on.
    """

    def __init__(self, clients: Clients, route: Route, send: Send) -> None:
        self._clients = clients
        self._route = route
        self._send = send

    def pass_on(self, type_: str, data: object, client: str | None) -> None:
        """Send on what a node pack says, in its own words.

        Args:
            type_: The message's type; `progress_text`, `picture` and `binary` travel as binary
                frames, and `to_sender` is one of these or any other for whoever sent a job.
            data: What it says: `node` and `text`; `content`, bytes, and `about`, or None; `event`,
                a number, and `data`, bytes; `job`, `type` and `data`.
            client: Whom it is for; None for everybody.
        """
        match type_, data:
            case "progress_text", {"node": node, "text": text}:
                self._route(text_frame(str(node), str(text)), client)
            case "to_sender", {"job": str(job), "type": str(inner), "data": words}:
                self._tell_sender(job, inner, words)
            case "picture", {"content": bytes(content), "about": about}:
                known = about if isinstance(about, Mapping) else None
                self._route(PreviewFrame(content, known, whole=True), client)
            case "binary", {"event": int(event), "data": bytes(content)} if 0 <= event < 2**32:
                self._route(BinaryFrame(event, content), client)
            case _:
                facts = data if isinstance(data, Mapping) else {"data": data}
                self._send(client, Message(type_, facts, client))

    def _tell_sender(self, job: str, type_: str, data: object, tries: int = _TRIES) -> None:
        if tries and not self._clients.knows(job):
            # What packs say may come faster than that there is such a job.
            again = partial(self._tell_sender, job, type_, data, tries - 1)
            asyncio.get_running_loop().call_later(_MOMENT, again)
            return
        # A job that nobody in particular sent concerns everybody.
        self.pass_on(type_, data, self._clients.of(job) or None)
