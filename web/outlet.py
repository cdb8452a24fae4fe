"""What waits to be sent to one client, whose slowness must harm nobody else.

A client that keeps up gets everything. For one that does not, a newer state of a node stands for an
older one that still waits; pictures always do. One that lets even facts pile up is given up.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias

from web.frames import BinaryFrame, PreviewFrame, TextFrame

if TYPE_CHECKING:
    from collections.abc import Hashable

Frame: TypeAlias = TextFrame | PreviewFrame | BinaryFrame
CROWDED = 64
"""Frames that may wait before newer ones of the same key take the place of older ones."""
MOST = 20_000


class Outlet:
    """One client's frames.

    Args:
        client: Its id.
        numbered: Whether it asks for numbered events, and our own messages with them.
        pictures: Whether it can be sent previews.
    """

    def __init__(self, client: str, *, numbered: bool = False, pictures: bool = True) -> None:
        self.client = client
        self.numbered = numbered
        self.pictures = pictures
        self.closed = False
        self.overrun = False
        self._frames: dict[int, Frame] = {}
        self._places: dict[Hashable, int] = {}
        self._next = 0
        self._news = asyncio.Event()

    def offer(self, frame: Frame) -> None:
        """Let a frame wait."""
        if self.closed or not self._wants(frame):
            return
        key = frame.key
        if key is not None:
            older = self._places.get(key)
            replaces = isinstance(frame, PreviewFrame) or len(self._frames) >= CROWDED
            if older is not None and replaces:
                self._frames.pop(older, None)
            self._places[key] = self._next
        self._frames[self._next] = frame
        self._next += 1
        if len(self._frames) > MOST:
            self.overrun = True
            self.close()
        self._news.set()

    def close(self) -> None:
        """Let nothing more wait."""
        self.closed = True
        if self.overrun:
            self._frames.clear()
        self._news.set()

    async def take(self) -> list[Frame]:
        """Return what waits, as soon as something does; nothing once it is closed and empty."""
        while not self._frames and not self.closed:
            self._news.clear()
            await self._news.wait()
        frames = list(self._frames.values())
        self._frames.clear()
        self._places.clear()
        return frames

    def _wants(self, frame: Frame) -> bool:
        match frame:
            case TextFrame():
                return self.numbered or not frame.message.own
            case PreviewFrame():
                return self.pictures or frame.whole
            case BinaryFrame():
                return self.pictures or frame.picture
