"""What a file is, by what is in it: a name can say anything.

Pictures, sounds, films and plain text are shown as what they are. Whatever a browser might run,
HTML, SVG, XML, PDF, and whatever is not known are only handed over to be saved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

HEAD = 4096
"""Bytes at a file's beginning that tell what it is."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is.

    Attributes:
        media: Its content type.
        shown: Whether a browser may show it.
    """

    media: str
    shown: bool = True

    @property
    def is_picture(self) -> bool:
        """Whether it is one that Pillow might read."""
        return self.media.startswith("image/")


UNKNOWN = Kind("application/octet-stream", shown=False)
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\0\0\1\0", "image/x-icon"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"mif1": "image/heif",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"qt  ": "video/quicktime",
}
_TEXTS = {
    ".txt": "text/plain",
    ".log": "text/plain",
    ".md": "text/plain",
    ".csv": "text/plain",
    ".srt": "text/plain",
    ".yaml": "text/plain",
    ".yml": "text/plain",
    ".vtt": "text/vtt",
    ".json": "application/json",
}
_MARKUP = re.compile(rb"\s*(?:<[!?a-z/]|%PDF)", re.IGNORECASE)
PICTURE_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".ico"}
)


def kind_of(head: bytes, name: str) -> Kind:
    """Say what a file is.

    Args:
        head: Its first bytes, `HEAD` of them if it has so many.
        name: Its name, which only tells texts from each other.
    """
    for magic, media in _MAGIC:
        if head.startswith(magic) and (magic != b"BM" or _is_bmp(head)):
            return Kind(media)
    if head[:4] == b"RIFF":
        riff = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
        return Kind(riff[head[8:12]]) if head[8:12] in riff else UNKNOWN
    if head[4:8] == b"ftyp":
        return Kind(_BRANDS.get(head[8:12], "video/mp4"))
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:  # an MPEG layer-3 frame
        return Kind("audio/mpeg")
    return _text(head, name)


def _is_bmp(head: bytes) -> bool:
    """Whether what follows `BM` is a bitmap's header: two letters alone also begin words."""
    return len(head) >= 18 and head[6:10] == b"\0\0\0\0" and head[15:18] == b"\0\0\0"


def _text(head: bytes, name: str) -> Kind:
    media = _TEXTS.get(PurePath(name).suffix.lower())
    if media is None or b"\0" in head or _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return UNKNOWN
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if len(head) < HEAD or error.start < HEAD - 4:  # else a character is cut in two
            return UNKNOWN
    return Kind(media)
