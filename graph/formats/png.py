"""The text that a PNG carries, without decoding the picture.

ComfyUI writes a workflow into each picture it saves as text chunks called `prompt` (API format) and
`workflow` (the editor's document). Chunks are described in the PNG specification, third edition,
sections 5.3 and 11.3.3: `tEXt` is Latin-1, `zTXt` the same compressed, `iTXt` UTF-8, perhaps
compressed. Pixels are skipped, never read, so a picture of any size costs little.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from graph.errors import FormatError

if TYPE_CHECKING:
    from typing import BinaryIO

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_TEXT = 64 * 2**20
TEXT_KINDS = (b"tEXt", b"zTXt", b"iTXt")


def read_png_texts(file: BinaryIO, source: str) -> dict[str, str]:
    """Return the text chunks of a PNG by keyword; of two with one keyword the last counts.

    Args:
        file: The file, open for binary reading at its start, and seekable.
        source: What the file is called in errors.

    Raises:
        FormatError: It is not a PNG, is damaged, or holds more than 64 MiB of text.
    """
    if file.read(len(SIGNATURE)) != SIGNATURE:
        raise FormatError(f"{source} is not a PNG file")
    texts: dict[str, str] = {}
    room = MAX_TEXT
    while (head := file.read(8)) and len(head) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            break
        if kind not in TEXT_KINDS:
            file.seek(length + 4, 1)
            continue
        keyword, text = _read_text(file, length, kind, room, source)
        room -= len(text)
        texts[keyword] = text
    return texts


def _read_text(file: BinaryIO, length: int, kind: bytes, room: int, source: str) -> tuple[str, str]:
    if length > room:
        raise FormatError(_too_large(source))
    body = file.read(length)
    checksum = file.read(4)
    if len(body) < length or len(checksum) < 4:
        raise FormatError(f"{source} is cut off in the middle of its text")
    if zlib.crc32(kind + body) != int.from_bytes(checksum, "big"):
        raise FormatError(f"{source} is damaged: the checksum of its text is wrong")
    keyword, _, rest = body.partition(b"\0")
    raw = _raw_text(kind, rest, room, source)
    if len(raw) > room:
        raise FormatError(_too_large(source))
    return keyword.decode("latin-1"), _decode(raw, source, strict=kind == b"iTXt")


def _raw_text(kind: bytes, rest: bytes, room: int, source: str) -> bytes:
    """Take the text itself out of a chunk's body after the keyword."""
    if kind == b"tEXt":
        return rest
    if kind == b"zTXt":
        return _inflate(rest[1:], room, source)
    compressed = rest[:1] == b"\1"
    *_, text = rest[2:].split(b"\0", 2)  # past the language and the translated keyword
    return _inflate(text, room, source) if compressed else text


def _inflate(data: bytes, room: int, source: str) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, room + 1)
    except zlib.error as error:
        raise FormatError(f"{source} is damaged: its compressed text cannot be read") from error
    if len(text) <= room and not inflater.eof:
        raise FormatError(f"{source} is damaged: its compressed text is cut off")
    return text


def _decode(raw: bytes, source: str, *, strict: bool) -> str:
    """Decode UTF-8, which some writers put in `tEXt` too; else Latin-1, which cannot fail."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if strict:
            raise FormatError(f"{source} is damaged: its text is not UTF-8") from error
        return raw.decode("latin-1")


def _too_large(source: str) -> str:
    return f"{source} carries more than {MAX_TEXT // 2**20} MiB of text, which no workflow needs"
