"""Pictures that packs send to clients as they are, drawn here: the server knows no pictures."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

    from graph.context import NodeContext

_PAUSE: Final = 0.1
"""Seconds between two glimpses of one node: more could not be watched."""
_QUALITY: Final = 95


def encoded(kind: str, picture: Image, largest: int | None) -> bytes:
    """Return a picture as a PNG if that is asked for, else as a JPEG.

    Args:
        kind: `PNG`, `JPEG`.
        picture: The picture.
        largest: Pixels of its longer side at most; None to leave it as large as it is.
    """
    if largest:
        picture = picture.copy()
        picture.thumbnail((largest, largest))
    content = io.BytesIO()
    if kind.upper() == "PNG":
        picture.save(content, "PNG", compress_level=1)
    else:
        picture.convert("RGB").save(content, "JPEG", quality=_QUALITY)
    return content.getvalue()


class Glimpses:
    """Says when it is time for a node's next glimpse."""

    def __init__(self) -> None:
        self._shown: list[tuple[NodeContext, float]] = []

    def due(self, context: NodeContext) -> bool:
        """Whether a glimpse of a node may be sent now; if so, the next one has to wait."""
        now = time.monotonic()
        shown = [(known, at) for known, at in self._shown if now - at < _PAUSE]
        is_due = all(known is not context for known, _ in shown)
        self._shown = [*shown, (context, now)] if is_due else shown
        return is_due
