"""Files of all kinds, for tests to serve and to send."""

from __future__ import annotations

import io
import json
import struct
import zlib
from typing import TYPE_CHECKING, Any

from aiohttp import FormData
from PIL import Image, PngImagePlugin

if TYPE_CHECKING:
    from pathlib import Path


def picture(
    colour: tuple[int, ...] = (200, 30, 40),
    size: tuple[int, int] = (8, 6),
    format_: str = "PNG",
    texts: dict[str, str] | None = None,
    orientation: int = 0,
) -> bytes:
    modes = {1: "L", 3: "RGB", 4: "RGBA"}
    image = Image.new(modes[len(colour)], size, colour if len(colour) > 1 else colour[0])
    options: dict[str, Any] = {}
    if texts:
        options["pnginfo"] = PngImagePlugin.PngInfo()
        for key, value in texts.items():
            options["pnginfo"].add_text(key, value)
    if orientation:
        exif = Image.Exif()
        exif[0x0112] = orientation
        exif[0x010F] = "a maker"
        options["exif"] = exif
    buffer = io.BytesIO()
    image.save(buffer, format=format_, **options)
    return buffer.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def png_bomb(width: int, height: int) -> bytes:
    """A PNG whose header promises more than its few bytes could hold."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


def form(content: bytes, name: str = "cat.png", field: str = "image", **texts: str) -> FormData:
    data = FormData(quote_fields=False)  # as browsers do
    data.add_field(field, content, filename=name, content_type="application/octet-stream")
    for key, value in texts.items():
        data.add_field(key, value)
    return data


def safetensors(path: Path, header: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text)


def everything_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
