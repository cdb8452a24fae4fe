"""The user's own files."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.web.files import everything_below
from tests.web.serving import error_of, running, services_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.serving import Client


async def write(client: Client, path: str, content: str = "{}", query: str = "") -> int:
    url = f"/userdata/{quote(path, safe='')}{query}"
    return (await client.post(url, data=content)).status


def root(base: Path) -> Path:
    return base / "user" / "default"


async def test_a_file_is_written_read_moved_and_deleted(tmp_path: Path) -> None:
    async with running(services_in(tmp_path)) as client:
        answer = await client.post("/api/userdata/workflows%2Fmy%20flow.json", data=b'{"a": 1}')
        assert await answer.json() == "workflows/my flow.json"
        assert everything_below(root(tmp_path)) == {"workflows/my flow.json": b'{"a": 1}'}
        answer = await client.get("/userdata/workflows%2Fmy%20flow.json")
        assert await answer.read() == b'{"a": 1}'
        answer = await client.post(
            "/userdata/workflows%2Fmy%20flow.json/move/workflows%2Fsub%2F猫.json?full_info=true"
        )
        moved = await answer.json()
        assert (moved["path"], moved["size"]) == ("workflows/sub/猫.json", 8)
        assert everything_below(root(tmp_path)) == {"workflows/sub/猫.json": b'{"a": 1}'}
        assert (await client.delete("/userdata/workflows%2Fsub%2F猫.json")).status == 204
        assert not everything_below(root(tmp_path))
        assert (await client.get("/userdata/workflows%2Fsub%2F猫.json")).status == 404
        assert (await client.delete("/userdata/workflows%2Fsub%2F猫.json")).status == 404


async def test_a_file_is_overwritten_only_by_those_who_may(tmp_path: Path) -> None:
    async with running(services_in(tmp_path)) as client:
        assert await write(client, "a.json", "1") == 200
        assert await write(client, "a.json", "2") == 200
        assert await write(client, "a.json", "3", "?overwrite=false") == 409
        assert await write(client, "b.json", "b") == 200
        answer = await client.post("/userdata/b.json/move/a.json?overwrite=false")
        assert answer.status == 409
        assert (await error_of(answer))["type"] == "file_exists"
        answer = await client.post("/userdata/a.json/move/a.json?overwrite=false")
        assert answer.status == 409
        assert everything_below(root(tmp_path)) == {"a.json": b"2", "b.json": b"b"}
        assert (await client.post("/userdata/b.json/move/a.json")).status == 200
        assert everything_below(root(tmp_path)) == {"a.json": b"b"}


async def test_of_many_who_write_the_same_file_anew_one_succeeds(tmp_path: Path) -> None:
    async with running(services_in(tmp_path)) as client:
        statuses = await asyncio.gather(
            *(write(client, "a.json", str(number), "?overwrite=false") for number in range(8))
        )
    assert sorted(statuses) == [200, *[409] * 7]
    assert list(everything_below(root(tmp_path))) == ["a.json"]


async def test_files_are_listed_in_three_ways(tmp_path: Path) -> None:
    async with running(services_in(tmp_path)) as client:
        for path in ("workflows/a.json", "workflows/x/y/b.json", "other.json"):
            await write(client, path)

        async def listed(query: str) -> object:
            return await (await client.get(f"/userdata?{query}")).json()

        assert await listed("dir=workflows") == ["a.json"]
        assert await listed("dir=workflows/&recurse=true") == ["a.json", "x/y/b.json"]
        assert await listed("dir=workflows&recurse=true&split=true") == [
            ["a.json", "a.json"],
            ["x/y/b.json", "x", "y", "b.json"],
        ]
        time = (root(tmp_path) / "workflows" / "a.json").stat().st_mtime
        info = [{"path": "a.json", "size": 2, "modified": time}]
        assert await listed("dir=workflows&full_info=true&split=true") == info


async def test_the_tree_is_listed_with_its_folders(tmp_path: Path) -> None:
    async with running(services_in(tmp_path)) as client:
        assert await (await client.get("/v2/userdata")).json() == []
        await write(client, "workflows/x/b.json")
        found = await (await client.get("/v2/userdata")).json()
        assert [(item["name"], item["path"], item["type"]) for item in found] == [
            ("workflows", "workflows", "directory"),
            ("x", "workflows/x", "directory"),
            ("b.json", "workflows/x/b.json", "file"),
        ]
        assert found[2]["size"] == 2
        below = await (await client.get("/v2/userdata?path=workflows/x")).json()
        assert [item["path"] for item in below] == ["workflows/x/b.json"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/userdata", 400),
        ("GET", "/userdata?dir=", 400),
        ("GET", "/userdata?dir=absent", 404),
        ("GET", "/userdata?dir=../..", 403),
        ("GET", "/userdata?dir=/etc", 403),
        ("GET", "/userdata?dir=link", 403),
        ("GET", "/v2/userdata?path=..", 403),
        ("GET", "/v2/userdata?path=absent", 404),
        ("GET", "/userdata/..%2Fsettings.json", 403),
        ("GET", "/userdata/..%2F..%2F..%2Fsecret", 403),
        ("GET", "/userdata/%2Fetc%2Fpasswd", 403),
        ("GET", "/userdata/x%5C..%5C..%5Csettings.json", 400),
        ("GET", "/userdata/link%2Fsecret", 403),
        ("GET", "/userdata/comfy.settings.json", 403),
        ("GET", "/userdata/Comfy.Settings.json", 403),
        ("GET", "/userdata/folder", 404),
        ("POST", "/userdata/..%2Fsettings.json", 403),
        ("POST", "/userdata/comfy.settings.json", 403),
        ("POST", "/userdata/link%2Fnew", 403),
        ("POST", "/userdata/a%0d%0aX:%20y", 400),
        ("POST", "/userdata/nul", 400),
        ("POST", "/userdata/folder", 400),
        ("POST", "/userdata/a.json%2Fb", 400),
        ("DELETE", "/userdata/..%2Fsettings.json", 403),
        ("DELETE", "/userdata/folder", 404),
        ("DELETE", "/userdata/link%2Fsecret", 403),
        ("POST", "/userdata/a.json/move/..%2F..%2Fa.json", 403),
        ("POST", "/userdata/..%2Fsettings.json/move/a.json", 403),
        ("POST", "/userdata/a.json/move/comfy.settings.json", 403),
        ("POST", "/userdata/absent/move/b.json", 404),
        ("POST", "/userdata/a.json/move/folder", 400),
    ],
)
async def test_no_path_leads_to_anything_else(
    tmp_path: Path, method: str, path: str, status: int
) -> None:
    services = services_in(tmp_path / "base")
    user = root(tmp_path / "base")
    (user / "folder").mkdir(parents=True)
    (user / "a.json").write_text("{}")
    (user / "comfy.settings.json").write_text('{"secret": 1}')
    (user.parent / "settings.json").write_text('{"secret": 2}')
    (tmp_path / "secret").write_text("secret")
    (user / "link").symlink_to(tmp_path)
    before = everything_below(tmp_path)
    async with running(services) as client:
        answer = await client.request(method, path, data=None if method == "GET" else b"x")
        assert answer.status == status
        await error_of(answer)
    assert everything_below(tmp_path) == before


async def test_what_lies_there_by_a_link_or_of_the_servers_is_not_listed(tmp_path: Path) -> None:
    services = services_in(tmp_path / "base")
    user = root(tmp_path / "base")
    user.mkdir()
    (tmp_path / "secret").write_text("secret")
    (user / "link").symlink_to(tmp_path)
    (user / "file").symlink_to(tmp_path / "secret")
    (user / "comfy.settings.json").write_text("{}")
    (user / ".0123456789abcdef.part").write_text("half")
    (user / ".index.json").write_text("{}")
    async with running(services) as client:
        found = await (await client.get("/v2/userdata")).json()
    assert [item["path"] for item in found] == [".index.json"]


async def test_html_in_the_users_files_is_handed_over_to_be_saved(tmp_path: Path) -> None:
    async with running(services_in(tmp_path)) as client:
        await write(client, "page.html", "<script>alert(1)</script>")
        answer = await client.get("/userdata/page.html")
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
