"""Messages as they travel: text frames written once for all who get them, and binary previews."""

from __future__ import annotations

import json
import struct
from functools import cached_property
from typing import TYPE_CHECKING

from web.answers import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.events import NodeProgress
    from web.messages import Message

PREVIEW = 1
TEXT = 3
PREVIEW_WITH_METADATA = 4
JPEG = 1
_PNG_IMAGE = 2


class TextFrame:
    """A message, written when it is first sent.

    Args:
        message: What it says.
        number: The number after which a client goes on that has seen it.
    """

    def __init__(self, message: Message, number: int) -> None:
        self.message = message
        self.number = number

    @cached_property
    def plain(self) -> bytes:
        """The text for ComfyUI's clients, in UTF-8."""
        return encode({"type": self.message.type, "data": self.message.data})

    @cached_property
    def numbered(self) -> bytes:
        """The text for clients that ask for numbered events, in UTF-8."""
        data = {**self.message.data, **self.message.more}
        return encode({"type": self.message.type, "data": data, "number": self.number})

    @property
    def key(self) -> tuple[str, str] | None:
        """What a later frame of the same key stands for, too; None if nothing can."""
        message = self.message
        if message.type == "status":
            return ("status", "sid" if "sid" in message.data else "")
        if message.type == "progress":
            # Those that packs send may lack one.
            about = f"{message.data.get('prompt_id')} {message.data.get('node')}"
            return ("progress", about)
        if message.type == "progress_state":
            return ("progress_state", str(message.data.get("prompt_id")))
        return None


class PreviewFrame:
    """A picture, of types 1 and 4.

    Args:
        picture: The bytes of a JPEG or PNG.
        about: Where it belongs, as ComfyUI says that; None if nobody knows.
        key: What a later frame of the same key stands for, too; None if nothing can.
        whole: Whether it is no glimpse but a result, which goes to clients that announced nothing.
    """

    def __init__(
        self,
        picture: bytes,
        about: Mapping[str, object] | None,
        key: tuple[str, str] | None = None,
        *,
        whole: bool = False,
    ) -> None:
        self.whole = whole
        self.key = key
        self._about = about
        self._picture = picture

    @cached_property
    def bare(self) -> bytes:
        """The picture alone."""
        kind = _PNG_IMAGE if self._is_png else JPEG
        return struct.pack(">II", PREVIEW, kind) + self._picture

    @cached_property
    def with_metadata(self) -> bytes:
        """The picture and where it belongs, for those who say that they can read it."""
        if self._about is None:
            return self.bare
        kind = "image/png" if self._is_png else "image/jpeg"
        text = json.dumps({**self._about, "image_type": kind}).encode()
        return struct.pack(">II", PREVIEW_WITH_METADATA, len(text)) + text + self._picture

    @property
    def _is_png(self) -> bool:
        return self._picture.startswith(b"\x89PNG")


def preview_of(event: NodeProgress, picture: bytes, *, whole: bool = False) -> PreviewFrame:
    """Return the frame of a node's picture: a glimpse, or a result, of which each one counts."""
    inner = event.display_node != event.node_id
    about = {
        "node_id": event.node_id,
        "prompt_id": event.job,
        "display_node_id": event.display_node,
        "parent_node_id": event.display_node if inner else None,
        "real_node_id": event.display_node,
    }
    key = None if whole else ("preview", f"{event.job} {event.node_id}")
    return PreviewFrame(picture, about, key, whole=whole)


class BinaryFrame:
    """What a node pack sends in bytes.

    Args:
        event: The number that says what it is.
        content: The rest.
        key: What a later frame of the same key stands for, too; None if nothing can.
    """

    def __init__(self, event: int, content: bytes, key: tuple[str, str] | None = None) -> None:
        self.key = key
        self.picture = event in (PREVIEW, PREVIEW_WITH_METADATA)
        self.content = struct.pack(">I", event) + content


def text_frame(node_id: str, text: str) -> BinaryFrame:
    """Say in words how far a node is."""
    name = node_id.encode("utf-8", "replace")
    content = struct.pack(">I", len(name)) + name + text.encode("utf-8", "replace")
    return BinaryFrame(TEXT, content, ("text", node_id))
