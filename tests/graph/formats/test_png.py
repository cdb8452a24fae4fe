"""Text chunks of PNG files: all three kinds, damage, and bombs."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest

from graph.errors import FormatError
from graph.formats.png import MAX_TEXT, SIGNATURE, read_png_texts

if TYPE_CHECKING:
    from collections.abc import Callable


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes) -> io.BytesIO:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return io.BytesIO(SIGNATURE + head + b"".join(chunks) + pixels + chunk(b"IEND", b""))


@pytest.mark.parametrize(
    "body",
    [
        chunk(b"tEXt", b"prompt\0caf\xe9"),
        chunk(b"tEXt", b"prompt\0" + "café".encode()),
        chunk(b"zTXt", b"prompt\0\0" + zlib.compress(b"caf\xe9")),
        chunk(b"iTXt", b"prompt\0\0\0fr\0le prompt\0" + "café".encode()),
        chunk(b"iTXt", b"prompt\0\1\0\0\0" + zlib.compress("café".encode())),
    ],
    ids=["latin-1", "utf-8 in tEXt", "compressed", "international", "international compressed"],
)
def test_every_kind_of_text_is_read(body: bytes) -> None:
    assert read_png_texts(png(body), "cat.png") == {"prompt": "café"}


def test_texts_behind_the_pixels_are_found_too() -> None:
    file = png(chunk(b"IDAT", b"x" * 100_000), chunk(b"tEXt", b"workflow\0{}"))
    assert read_png_texts(file, "cat.png") == {"workflow": "{}"}


def test_of_two_texts_with_one_keyword_the_last_counts() -> None:
    file = png(chunk(b"tEXt", b"prompt\0one"), chunk(b"tEXt", b"prompt\0two"))
    assert read_png_texts(file, "cat.png") == {"prompt": "two"}


def test_what_pillow_writes_is_read() -> None:
    image = pytest.importorskip("PIL.Image")
    info = pytest.importorskip("PIL.PngImagePlugin").PngInfo()
    info.add_text("prompt", '{"a": "猫"}')
    info.add_text("workflow", "x" * 5000, zip=True)
    file = io.BytesIO()
    image.new("RGB", (3, 2)).save(file, "PNG", pnginfo=info)
    file.seek(0)
    assert read_png_texts(file, "cat.png") == {"prompt": '{"a": "猫"}', "workflow": "x" * 5000}


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda data: b"JFIF" + data, "cat.png is not a PNG file"),
        (lambda data: data.replace(b"hello", b"hellO"), "the checksum of its text is wrong"),
        (lambda data: data[: data.index(b"hello") + 2], "cut off in the middle of its text"),
    ],
)
def test_damage_is_reported(damage: Callable[[bytes], bytes], sentence: str) -> None:
    data = png(chunk(b"tEXt", b"prompt\0hello")).getvalue()
    with pytest.raises(FormatError, match=sentence):
        read_png_texts(io.BytesIO(damage(data)), "cat.png")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (chunk(b"zTXt", b"prompt\0\0not zlib"), "its compressed text cannot be read"),
        (chunk(b"zTXt", b"prompt\0\0" + zlib.compress(b"x" * 99)[:-6]), "text is cut off"),
        (chunk(b"iTXt", b"prompt\0\0\0\0\0\xff"), "its text is not UTF-8"),
    ],
)
def test_text_that_cannot_be_unpacked_is_reported(body: bytes, sentence: str) -> None:
    with pytest.raises(FormatError, match=sentence):
        read_png_texts(png(body), "cat.png")


def test_a_picture_that_ends_early_has_the_texts_so_far() -> None:
    data = png(chunk(b"tEXt", b"prompt\0x")).getvalue()
    assert read_png_texts(io.BytesIO(data[:-20]), "cat.png") == {"prompt": "x"}


def test_a_text_that_inflates_without_end_is_refused_without_inflating_it() -> None:
    packer = zlib.compressobj()
    packed = b"".join(packer.compress(bytes(2**20)) for _ in range(4 * MAX_TEXT // 2**20))
    bomb = png(chunk(b"zTXt", b"prompt\0\0" + packed + packer.flush()))
    tracemalloc.start()
    with pytest.raises(FormatError, match="more than 64 MiB of text"):
        read_png_texts(bomb, "cat.png")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.5 * MAX_TEXT


def test_a_chunk_that_claims_to_be_huge_is_refused_before_it_is_read() -> None:
    data = SIGNATURE + struct.pack(">I4s", 2**31 - 1, b"tEXt") + b"prompt\0"
    with pytest.raises(FormatError, match="more than 64 MiB of text"):
        read_png_texts(io.BytesIO(data), "cat.png")
