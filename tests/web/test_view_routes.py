"""What `/view` shows, and as what."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.web.files import opened, picture, png_bomb
from tests.web.serving import error_of, running, services_in

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_file_is_found_by_name_folder_and_type(tmp_path: Path) -> None:
    services = services_in(tmp_path)
    for kind in ("input", "output", "temp"):
        (tmp_path / kind / "sub").mkdir()
        (tmp_path / kind / "a.txt").write_text(kind)
        (tmp_path / kind / "sub" / "猫 1.txt").write_text(f"{kind} sub")
    async with running(services) as client:

        async def text(**query: str) -> str:
            answer = await client.get("/view", params=query)
            assert answer.status == 200
            return await answer.text()

        assert await text(filename="a.txt") == "output"
        assert await text(filename="a.txt", type="input") == "input"
        assert await text(filename="a.txt [temp]") == "temp"
        assert await text(filename="a.txt [output]", type="input") == "output"
        assert await text(filename="猫 1.txt", subfolder="sub", type="temp") == "temp sub"
        assert await text(filename="猫 1.txt", subfolder="sub/", rand="0.1") == "output sub"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("filename=absent.png", 404),
        ("filename=folder", 404),
        ("", 400),
        ("filename=", 400),
        ("filename=../a.txt", 400),
        ("filename=/etc/passwd", 400),
        ("filename=..%5C..%5Ca.txt", 400),
        ("filename=C:a.txt", 400),
        ("filename=a.txt%00", 400),
        ("filename=NUL", 400),
        ("filename=a.txt&type=models", 400),
        ("filename=a.txt&subfolder=..", 403),
        ("filename=a.txt&subfolder=/etc", 403),
        ("filename=a.txt&subfolder=folder/../..", 403),
        ("filename=a.txt&subfolder=link", 403),
        ("filename=link.txt", 403),
        ("filename=a.txt&channel=x", 400),
        ("filename=a.png&preview=;;", 400),
        ("filename=a.txt&preview=webp;50", 400),
        ("filename=" + "a" * 300, 400),
    ],
)
async def test_what_is_no_name_of_a_file_here_is_refused(
    tmp_path: Path, query: str, status: int
) -> None:
    services = services_in(tmp_path / "base")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a.txt").write_text("secret")
    output = services.folders.output
    (output / "folder").mkdir()
    (output / "a.txt").write_text("text")
    (output / "a.png").write_bytes(picture())
    (output / "link").symlink_to(tmp_path / "secret")
    (output / "link.txt").symlink_to(tmp_path / "secret" / "a.txt")
    async with running(services) as client:
        answer = await client.get(f"/view?{query}")
        assert answer.status == status
        await error_of(answer)


@pytest.mark.parametrize(
    ("name", "content", "media", "shown"),
    [
        ("a.png", picture(), "image/png", True),
        ("a.txt", picture(format_="JPEG"), "image/jpeg", True),
        ("a.html", picture(format_="WEBP"), "image/webp", True),
        ("a.gif", picture(format_="GIF"), "image/gif", True),
        ("a.bmp", picture(format_="BMP"), "image/bmp", True),
        ("a.mp4", b"\0\0\0\x20ftypisom" + bytes(20), "video/mp4", True),
        ("a.webm", b"\x1aE\xdf\xa3" + bytes(20), "video/webm", True),
        ("a.wav", b"RIFF\0\0\0\0WAVEfmt ", "audio/wav", True),
        ("a.flac", b"fLaC" + bytes(20), "audio/flac", True),
        ("a.mp3", b"\xff\xfb\x90\x64" + bytes(20), "audio/mpeg", True),
        ("a.txt", "plain text, ä".encode(), "text/plain", True),
        ("a.md", b"BMW is a word", "text/plain", True),
        ("a.json", b'{"a": 1}', "application/json", True),
        ("a.txt", b"a" * 4095 + "ä".encode(), "text/plain", True),
        ("a.html", b"<p>hello</p>", "application/octet-stream", False),
        ("a.txt", b"  <!DOCTYPE html><script>alert(1)</script>", "application/octet-stream", False),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "application/octet-stream", False),
        ("a.svg", b"\xef\xbb\xbf<?xml version='1.0'?>", "application/octet-stream", False),
        ("a.xml", b"x", "application/octet-stream", False),
        ("a.pdf", b"%PDF-1.7", "application/octet-stream", False),
        ("a.txt", b"%PDF-1.7", "application/octet-stream", False),
        ("a.js", b"alert(1)", "application/octet-stream", False),
        ("a.txt", b"\xff\xfe\0x", "application/octet-stream", False),
        ("a.txt", b"\xe9 in latin-1", "application/octet-stream", False),
        ("a.latent", b"\x10\0\0\0\0\0\0\0{}", "application/octet-stream", False),
        ("a.zip", b"PK\3\4", "application/octet-stream", False),
        ("a", b"", "application/octet-stream", False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_content_and_not_the_name_decides_what_a_file_is_shown_as(
    tmp_path: Path, name: str, content: bytes, media: str, shown: bool
) -> None:
    services = services_in(tmp_path)
    (services.folders.output / name).write_bytes(content)
    async with running(services) as client:
        answer = await client.get("/view", params={"filename": name})
        assert answer.status == 200
        assert await answer.read() == content
        assert answer.content_type == media
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("inline" if shown else "attachment")
        assert f'filename="{name}"' in disposition


async def test_a_name_of_any_letters_makes_a_header_that_is_one(tmp_path: Path) -> None:
    services = services_in(tmp_path)
    name = 'ä"; x="猫%41.txt'
    (services.folders.output / name).write_text("x")
    async with running(services) as client:
        answer = await client.get("/view", params={"filename": name})
        disposition = answer.headers["Content-Disposition"]
        assert 'filename="__; x=___41.txt"' in disposition
        assert "filename*=UTF-8''%C3%A4%22%3B%20x%3D%22%E7%8C%AB%2541.txt" in disposition


async def test_what_the_client_has_already_is_not_sent_again(tmp_path: Path) -> None:
    services = services_in(tmp_path)
    path = services.folders.output / "a.png"
    path.write_bytes(picture())
    async with running(services) as client:
        for query in ("", "&preview=webp;50", "&channel=rgb"):
            url = f"/view?filename=a.png{query}"
            answer = await client.get(url)
            tag, changed = answer.headers["ETag"], answer.headers["Last-Modified"]
            for header in ({"If-None-Match": tag}, {"If-Modified-Since": changed}):
                again = await client.get(url, headers=header)
                assert again.status == 304
                assert not await again.read()
            assert (await client.get(url, headers={"If-None-Match": '"other"'})).status == 200
        path.write_bytes(picture((1, 2, 3), (9, 9)))
        assert (await client.get(url, headers={"If-None-Match": tag})).status == 200


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=4-", 206, b"456789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=-30", 200, b"0123456789"),
        ("bytes=8-100", 206, b"89"),
        ("bytes=10-", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=5-2", 200, b"0123456789"),
        ("bytes=0-1,4-5", 200, b"0123456789"),
        ("bytes=x", 200, b"0123456789"),
        ("bytes=" + "9" * 50 + "-", 200, b"0123456789"),
    ],
)
async def test_a_part_of_a_file_can_be_asked_for(
    tmp_path: Path, asked: str, status: int, expected: bytes
) -> None:
    services = services_in(tmp_path)
    (services.folders.output / "a.txt").write_bytes(b"0123456789")
    async with running(services) as client:
        answer = await client.get("/view?filename=a.txt", headers={"Range": asked})
        assert answer.status == status
        assert await answer.read() == expected
        if status == 206:
            start = b"0123456789".index(expected)
            end = start + len(expected) - 1
            assert answer.headers["Content-Range"] == f"bytes {start}-{end}/10"


async def test_a_part_of_another_version_is_not_given(tmp_path: Path) -> None:
    services = services_in(tmp_path)
    (services.folders.output / "a.txt").write_bytes(b"0123456789")
    async with running(services) as client:
        first = await client.get("/view?filename=a.txt")
        for mark in (first.headers["ETag"], first.headers["Last-Modified"]):
            headers = {"Range": "bytes=0-1", "If-Range": mark}
            assert (await client.get("/view?filename=a.txt", headers=headers)).status == 206
        for mark in ('"other"', "Mon, 01 Jan 2001 00:00:00 GMT", "yesterday"):
            headers = {"Range": "bytes=0-1", "If-Range": mark}
            assert (await client.get("/view?filename=a.txt", headers=headers)).status == 200


async def test_a_file_larger_than_a_block_arrives_whole(tmp_path: Path) -> None:
    services = services_in(tmp_path)
    content = bytes(range(256)) * 4000
    (services.folders.output / "a.bin").write_bytes(content)
    async with running(services) as client:
        assert await (await client.get("/view?filename=a.bin")).read() == content
        head = await client.head("/view?filename=a.bin")
        assert head.headers["Content-Length"] == str(len(content))


async def test_a_preview_is_small_and_a_channel_is_alone(tmp_path: Path) -> None:
    services = services_in(tmp_path)
    (services.folders.output / "a.png").write_bytes(picture((200, 30, 40, 128)))
    (services.folders.output / "grey.png").write_bytes(picture((7,)))
    async with running(services) as client:

        async def shown(query: str) -> Image.Image:
            answer = await client.get(f"/view?{query}")
            assert answer.status == 200
            image = opened(await answer.read())
            assert answer.content_type == f"image/{(image.format or '').lower()}"
            # Clients name what they save by it.
            assert 'filename="' in answer.headers["Content-Disposition"]
            return image

        assert (await shown("filename=a.png&preview=webp;90")).mode == "RGBA"
        assert (await shown("filename=a.png&preview=webp")).format == "WEBP"
        assert (await shown("filename=a.png&preview=jpeg;40")).format == "JPEG"
        assert (await shown("filename=a.png&preview=tiff;40")).format == "WEBP"
        assert (await shown("filename=a.png&preview=jpeg;400&channel=a")).size == (8, 6)
        assert (await shown("filename=grey.png&preview=webp;1")).size == (8, 6)
        rgb = await shown("filename=a.png&channel=rgb")
        assert (rgb.mode, rgb.getpixel((0, 0))) == ("RGB", (200, 30, 40))
        alpha = await shown("filename=a.png&channel=a")
        assert (alpha.mode, alpha.getpixel((0, 0))) == ("RGBA", (0, 0, 0, 128))
        opaque = await shown("filename=grey.png&channel=a")
        assert opaque.getpixel((0, 0)) == (0, 0, 0, 255)


async def test_a_preview_of_a_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    services = services_in(tmp_path)
    (services.folders.output / "bomb.png").write_bytes(png_bomb(60_000, 60_000))
    (services.folders.output / "large.png").write_bytes(png_bomb(12_000, 12_000))
    (services.folders.output / "cut.png").write_bytes(picture(size=(90, 90))[:-40])
    async with running(services) as client:
        for name in ("bomb", "large"):
            answer = await client.get(f"/view?filename={name}.png&preview=webp;90")
            assert answer.status == 413
            assert (await error_of(answer))["type"] == "too_many_pixels"
        answer = await client.get("/view?filename=cut.png&channel=a")
        assert answer.status == 400
        assert (await error_of(answer))["type"] == "not_a_picture"


async def test_a_preview_of_a_photograph_is_upright(tmp_path: Path) -> None:
    services = services_in(tmp_path)
    photograph = picture(size=(8, 4), format_="JPEG", orientation=6)
    (services.folders.output / "a.jpg").write_bytes(photograph)
    async with running(services) as client:
        answer = await client.get("/view?filename=a.jpg&preview=webp;90")
        assert opened(await answer.read()).size == (4, 8)
    assert Image.open(io.BytesIO(photograph)).size == (8, 4)
