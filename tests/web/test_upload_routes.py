"""Files that clients send: kept under a name of their own, as pictures that are pictures."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.web.files import everything_below, form, opened, picture, png_bomb
from tests.web.serving import error_of, running, services_in
from web.bodies import BodyLimits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from aiohttp import FormData

    from tests.web.serving import Client

SMALL = BodyLimits(upload=100_000, pixels=10_000, patience=0.3, pace=1e6)


async def send(client: Client, data: FormData, path: str = "/upload/image") -> dict[str, str]:
    answer = await client.post(path, data=data)
    assert answer.status == 200, await answer.text()
    kept: dict[str, str] = await answer.json()
    return kept


async def test_a_picture_is_kept_and_can_be_viewed(tmp_path: Path) -> None:
    content = picture(texts={"prompt": "{}"})
    async with running(services_in(tmp_path)) as client:
        kept = await send(client, form(content))
        assert kept == {"name": "cat.png", "subfolder": "", "type": "input"}
        view = await client.get("/view", params={"filename": "cat.png", "type": "input"})
        assert await view.read() == content
    assert everything_below(tmp_path) == {"input/cat.png": content}


async def test_nothing_is_overwritten_and_the_same_content_keeps_its_name(tmp_path: Path) -> None:
    red, blue, green = picture((255, 0, 0)), picture((0, 0, 255)), picture((0, 255, 0))
    async with running(services_in(tmp_path)) as client:
        names = [(await send(client, form(content)))["name"] for content in (red, blue, red, blue)]
        assert names == ["cat.png", "cat (1).png", "cat.png", "cat (1).png"]
        kept = await send(client, form(green, overwrite="true"))
        assert kept["name"] == "cat.png"
    assert everything_below(tmp_path) == {"input/cat.png": green, "input/cat (1).png": blue}


async def test_many_at_once_under_one_name_are_all_kept(tmp_path: Path) -> None:
    contents = [picture((number, 0, 0)) for number in range(12)]
    async with running(services_in(tmp_path)) as client:
        kept = await asyncio.gather(*(send(client, form(content)) for content in contents))
    assert len({item["name"] for item in kept}) == 12
    assert sorted(everything_below(tmp_path).values()) == sorted(contents)


async def test_a_subfolder_and_another_type_are_possible(tmp_path: Path) -> None:
    async with running(services_in(tmp_path)) as client:
        kept = await send(client, form(picture(), "猫.png", subfolder="a/b", type="temp"))
        assert kept == {"name": "猫.png", "subfolder": "a/b", "type": "temp"}
    assert list(everything_below(tmp_path)) == ["temp/a/b/猫.png"]


@pytest.mark.parametrize(
    ("name", "texts", "status"),
    [
        ("../cat.png", {}, 400),
        ("a/cat.png", {}, 400),
        ("..\\cat.png", {}, 400),
        ("C:cat.png", {}, 400),
        ("con.png", {}, 400),
        ("cat.png.", {}, 400),
        ("", {}, 400),
        ("cat.png", {"subfolder": "../x"}, 400),
        ("cat.png", {"subfolder": "/tmp/x"}, 400),
        ("cat.png", {"subfolder": "x/../../y"}, 400),
        ("cat.png", {"subfolder": "link"}, 400),
        ("cat.png", {"type": "models"}, 400),
        ("cat.png", {"subfolder": "blocked"}, 400),
        ("folder.png", {"overwrite": "1"}, 400),
    ],
)
async def test_a_name_that_leads_elsewhere_writes_nothing(
    tmp_path: Path, name: str, texts: dict[str, str], status: int
) -> None:
    services = services_in(tmp_path / "base")
    (tmp_path / "outside").mkdir()
    (services.folders.input / "link").symlink_to(tmp_path / "outside")
    (services.folders.input / "blocked").write_text("a file, no folder")
    (services.folders.input / "folder.png").mkdir()
    before = everything_below(tmp_path)
    async with running(services) as client:
        answer = await client.post("/upload/image", data=form(picture(), name, **texts))
        assert answer.status == status
        await error_of(answer)
    assert everything_below(tmp_path) == before


async def test_a_photograph_is_turned_upright_once(tmp_path: Path) -> None:
    photograph = picture(size=(8, 4), format_="JPEG", orientation=6)
    async with running(services_in(tmp_path)) as client:
        await send(client, form(photograph, "photo.jpg"))
    kept = opened((tmp_path / "input" / "photo.jpg").read_bytes())
    assert (kept.size, kept.format) == ((4, 8), "JPEG")
    assert kept.getexif().get(0x0112, 1) == 1
    assert kept.getexif()[0x010F] == "a maker"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cat.png", b"<svg onload=alert(1)>"),
        ("cat.jpg", b"no picture at all"),
        ("cat.png", picture(size=(90, 90))[:-40]),
        ("cat.webp", b""),
        ("cat.txt", picture(size=(90, 90))[:-40]),
    ],
)
async def test_what_calls_itself_a_picture_must_be_one(
    tmp_path: Path, name: str, content: bytes
) -> None:
    async with running(services_in(tmp_path)) as client:
        answer = await client.post("/upload/image", data=form(content, name))
        assert answer.status == 400
        assert (await error_of(answer))["type"] == "not_a_picture"
    assert not everything_below(tmp_path)


async def test_what_is_no_picture_is_kept_as_it_is_and_never_shown(tmp_path: Path) -> None:
    async with running(services_in(tmp_path)) as client:
        for name in ("song.mp3", "page.html", "shape.glb", "x.latent"):
            await send(client, form(b"<script>alert(1)</script>", name))
            answer = await client.get("/view", params={"filename": name, "type": "input"})
            assert answer.content_type == "application/octet-stream"
            assert answer.headers["Content-Disposition"].startswith("attachment")


async def test_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    async with running(services_in(tmp_path)) as client:
        for size in ((60_000, 60_000), (12_000, 12_000)):
            answer = await client.post("/upload/image", data=form(png_bomb(*size)))
            assert answer.status == 413
            assert (await error_of(answer))["type"] == "too_many_pixels"
    assert not everything_below(tmp_path)


async def test_more_than_the_limit_is_refused_as_it_comes(tmp_path: Path) -> None:
    async with running(services_in(tmp_path, limits=SMALL)) as client:
        answer = await client.post("/upload/image", data=form(bytes(200_000), "a.bin"))
        assert answer.status == 413
        await error_of(answer)
        answer = await client.post("/upload/image", data=form(b"x", "a.bin", note="y" * 70_000))
        assert answer.status == 413
    assert not everything_below(tmp_path)


BOUNDARY = "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="image"; filename="cat.png"\r\n\r\n'


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b""),
        (BOUNDARY, b""),
        (BOUNDARY, b"no boundary"),
        (BOUNDARY, PART),
        (BOUNDARY, PART + picture()),
        (BOUNDARY, PART + picture() + b"\r\n--"),
        (BOUNDARY, b"--b\r\n" + b"X-Y: z\r\n" * 500 + b"\r\nx\r\n--b--\r\n"),
        (BOUNDARY, b"--b\r\nX: " + b"y" * 200_000 + b"\r\n\r\nx\r\n--b--\r\n"),
        (BOUNDARY, b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\n--b--"),
        (BOUNDARY, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
        (BOUNDARY, b"--b\r\n\r\nx\r\n" * 100 + b"--b--\r\n"),
        ("multipart/form-data; boundary=" + "b" * 5000, b"x"),
        ('multipart/form-data; boundary="', b"x"),
        (BOUNDARY, PART.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: odd\r\n\r\n") + b"x"),
        (BOUNDARY, PART.replace(b"\r\n\r\n", b"\r\nContent-Length: -5\r\n\r\n") + b"x\r\n--b--"),
        (BOUNDARY, PART.replace(b"\r\n\r\n", b"\r\nContent-Length: x\r\n\r\n") + b"x\r\n--b--"),
    ],
)
async def test_half_a_form_or_none_is_refused_and_nothing_stays(
    tmp_path: Path, media: str, body: bytes
) -> None:
    async with running(services_in(tmp_path, limits=SMALL)) as client:
        answer = await client.post("/upload/image", data=body, headers={"Content-Type": media})
        assert 400 <= answer.status < 500
        await error_of(answer)
    assert not everything_below(tmp_path)


async def test_a_mask_becomes_the_alpha_of_the_picture_it_is_for(tmp_path: Path) -> None:
    original = picture((200, 30, 40), texts={"prompt": "{}", "workflow": "猫".encode().hex()})
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "cat.png").write_bytes(original)
    mask = picture((0, 0, 0, 77))
    ref = {"filename": "cat.png", "subfolder": "", "type": "output"}
    async with running(services_in(tmp_path)) as client:
        data = form(mask, "mask.png", original_ref=json.dumps(ref), subfolder="masks")
        kept = await send(client, data, "/upload/mask")
        assert kept == {"name": "mask.png", "subfolder": "masks", "type": "input"}
    merged = opened((tmp_path / "input" / "masks" / "mask.png").read_bytes())
    assert merged.getpixel((3, 3)) == (200, 30, 40, 77)
    assert merged.text["prompt"] == "{}"  # type: ignore[attr-defined]
    assert (tmp_path / "output" / "cat.png").read_bytes() == original


@pytest.mark.parametrize(
    ("ref", "status"),
    [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        ('{"filename": 1}', 400),
        ('{"filename": "absent.png"}', 404),
        ('{"filename": "../cat.png"}', 400),
        ('{"filename": "cat.png", "subfolder": "../.."}', 403),
        ('{"filename": "cat.png", "subfolder": 1}', 400),
        ('{"filename": "cat.png", "type": "models"}', 400),
        ('{"filename": "cat.png", "type": ["output"]}', 400),
        ('{"filename": "text.txt"}', 400),
        ('{"filename": "larger.png"}', 400),
    ],
)
async def test_a_mask_for_nothing_is_refused(tmp_path: Path, ref: str, status: int) -> None:
    services = services_in(tmp_path)
    (services.folders.output / "cat.png").write_bytes(picture())
    (services.folders.output / "larger.png").write_bytes(picture(size=(9, 9)))
    (services.folders.output / "text.txt").write_text("text")
    async with running(services) as client:
        data = form(picture((0, 0, 0, 1)), "mask.png", original_ref=ref)
        answer = await client.post("/upload/mask", data=data)
        assert answer.status == status
        await error_of(answer)
    assert not everything_below(services.folders.input)


async def test_a_body_that_stops_halfway_is_given_up(tmp_path: Path) -> None:
    limits = replace(SMALL, pace=1.0)
    async with running(services_in(tmp_path, limits=limits)) as client:

        async def endless() -> AsyncIterator[bytes]:
            yield PART + b"begun"
            await asyncio.sleep(3)

        answer = await client.post(
            "/upload/image", data=endless(), headers={"Content-Type": BOUNDARY}
        )
        assert answer.status == 408
        await error_of(answer)
    assert not everything_below(tmp_path)
