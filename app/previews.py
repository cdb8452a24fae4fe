"""Glimpses of a picture in the making, as JPEG."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from app.tensors import is_tensor

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST = 512
"""Pixels of a side; what is larger is made smaller."""
_QUALITY = 85


def encode_preview(preview: object) -> bytes | None:
    """Draw a preview.

    Args:
        preview: What a node gave with its progress: a picture, or a function that draws one and may
            answer None. A picture is an IMAGE [B, H, W, C] in 0..1, the first of which counts, one
            of Pillow's, or the bytes of a JPEG.

    Returns:
        A JPEG, no side longer than `LARGEST`; None where nothing can be drawn.
    """
    if callable(preview):
        preview = preview()
    if preview is None or isinstance(preview, bytes):
        return preview
    picture = _picture(preview)
    if picture is None:
        return None
    picture.thumbnail((LARGEST, LARGEST))
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=_QUALITY)
    return content.getvalue()


def _picture(preview: object) -> Image | None:
    """A copy in red, green and blue."""
    from PIL.Image import Image

    if is_tensor(preview):
        from nodes.pictures import to_pictures

        return to_pictures(preview[:1])[0].convert("RGB")
    return preview.convert("RGB") if isinstance(preview, Image) else None
