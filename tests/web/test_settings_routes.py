"""The user's settings."""

from __future__ import annotations

import json
from threading import Thread
from typing import TYPE_CHECKING

from tests.web.serving import error_of, running, services_in
from web.settings_store import FileSettings

if TYPE_CHECKING:
    from pathlib import Path


async def test_settings_are_merged_and_kept(tmp_path: Path) -> None:
    async with running(services_in(tmp_path)) as client:
        assert await (await client.get("/settings")).json() == {}
        assert (await client.post("/settings", json={"a": 1, "b": [True, None]})).status == 200
        assert (await client.post("/api/settings/b.c", json={"deep": "猫"})).status == 200
        assert (await client.post("/settings", json={"a": "2"})).status == 200
    async with running(services_in(tmp_path)) as client:
        found = {"a": "2", "b": [True, None], "b.c": {"deep": "猫"}}
        assert await (await client.get("/settings")).json() == found
        assert await (await client.get("/settings/b.c")).json() == {"deep": "猫"}
        assert await (await client.get("/settings/absent")).json() is None


async def test_what_is_no_setting_is_refused(tmp_path: Path) -> None:
    async with running(services_in(tmp_path)) as client:
        bodies: list[object] = [[], "text", None, {"": 1}, {"n" * 300: 1}]
        for body in bodies:
            answer = await client.post("/settings", json=body)
            assert answer.status == 400
            await error_of(answer)
        answer = await client.post("/settings", json={str(n): n for n in range(10_001)})
        assert answer.status == 413
        assert await (await client.get("/settings")).json() == {}


async def test_there_is_one_user(tmp_path: Path) -> None:
    async with running(services_in(tmp_path)) as client:
        assert await (await client.get("/users")).json() == {"storage": "server", "migrated": True}
        answer = await client.post("/users", json={"username": "eve"})
        assert answer.status == 400
        await error_of(answer)


def test_a_damaged_file_is_moved_aside_and_never_lost(tmp_path: Path) -> None:
    for content in ("{", "[1]", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")):
        path = tmp_path / "settings.json"
        path.write_text(content, encoding="latin-1")
        settings = FileSettings(path)
        assert settings.all() == {}
        settings.merge({"a": 1})
        assert json.loads(path.read_text()) == {"a": 1}
    assert len(list(tmp_path.glob("settings.damaged-*"))) == 3


def test_many_who_set_at_once_all_succeed(tmp_path: Path) -> None:
    settings = FileSettings(tmp_path / "settings.json")
    threads = [Thread(target=settings.merge, args=({str(n): n},)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert settings.all() == {str(n): n for n in range(20)}
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]
