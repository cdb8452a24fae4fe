"""The user's settings, and drafts of unsaved workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.web.house import house_in, served
from tests.web.serving import error_of

if TYPE_CHECKING:
    from pathlib import Path


async def test_settings_are_merged_and_kept(tmp_path: Path) -> None:
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            assert await (await client.get("/settings")).json() == {}
            assert (await client.post("/settings", json={"a": 1, "b": [True, None]})).status == 200
            assert (await client.post("/api/settings/b.c", json={"deep": "猫"})).status == 200
            assert (await client.post("/settings", json={"a": "2"})).status == 200
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            found = {"a": "2", "b": [True, None], "b.c": {"deep": "猫"}}
            assert await (await client.get("/settings")).json() == found
            assert await (await client.get("/settings/b.c")).json() == {"deep": "猫"}
            assert await (await client.get("/settings/absent")).json() is None


async def test_what_is_no_setting_is_refused(tmp_path: Path) -> None:
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            bodies: list[object] = [[], "text", None, {"": 1}, {"n" * 300: 1}, {"\ud800": 1}]
            for body in bodies:
                answer = await client.post("/settings", json=body)
                assert answer.status == 400
                await error_of(answer)
            answer = await client.post("/settings", json={str(n): n for n in range(51)})
            assert answer.status == 413
            await error_of(answer)
            assert await (await client.get("/settings")).json() == {}


async def test_there_is_one_user(tmp_path: Path) -> None:
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            users = {"storage": "server", "migrated": True}
            assert await (await client.get("/users")).json() == users
            answer = await client.post("/users", json={"username": "eve"})
            assert answer.status == 400
            await error_of(answer)


async def test_a_draft_is_kept_until_it_is_dropped(tmp_path: Path) -> None:
    one, two = {"name": "猫", "json": {"nodes": []}}, {"name": "second"}
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            assert await (await client.get("/api/drafts")).json() == []
            for name, body in (("one", {}), ("two", two), ("one", one)):
                assert (await client.post(f"/api/drafts/{name}", json=body)).status == 200
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            listed = await (await client.get("/drafts")).json()
            assert [draft["id"] for draft in listed] == ["two", "one"]
            assert listed[0]["changed"] <= listed[1]["changed"]
            assert await (await client.get("/drafts/one")).json() == one
            assert (await client.delete("/drafts/one")).status == 200
            for method in ("GET", "DELETE"):
                answer = await client.request(method, "/drafts/one")
                assert answer.status == 404
                assert (await error_of(answer))["type"] == "unknown_draft"
            assert await (await client.get("/drafts/two")).json() == two


async def test_what_is_no_draft_is_refused_and_so_is_one_too_many(tmp_path: Path) -> None:
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            bodies: list[object] = [[], "text", None, 1]
            for body in bodies:
                answer = await client.post("/drafts/a", json=body)
                assert answer.status == 400
                await error_of(answer)
            assert (await client.post(f"/drafts/{'a' * 65}", json={})).status == 400
            assert (await client.get(f"/drafts/{'a' * 65}")).status == 400
            for name in ("a", "b", "c"):
                assert (await client.post(f"/drafts/{name}", json={})).status == 200
            answer = await client.post("/drafts/d", json={})
            assert answer.status == 413
            assert (await error_of(answer))["type"] == "too_large"
            assert (await client.post("/drafts/a", json={"changed": True})).status == 200
            assert await (await client.get("/drafts/a")).json() == {"changed": True}


async def test_a_database_that_cannot_be_used_now_is_no_fault_of_the_client(tmp_path: Path) -> None:
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            house.jobs.queue._store.close()
            for answer in (
                await client.post("/settings", json={"a": 1}),
                await client.get("/settings"),
                await client.get("/drafts"),
                await client.delete("/drafts/a"),
            ):
                assert answer.status == 503
                assert answer.headers["Retry-After"] == "1"
                assert (await error_of(answer))["type"] == "queue_unavailable"
