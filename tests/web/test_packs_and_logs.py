"""Routes that packs add, answered by the worker; the log, told as it grows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from graph.backends.link import AskError, WorkerGoneError
from tests.web.house import TWO, house_in, post, served, until, until_over
from tests.web.serving import error_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.web.house import House

ROUTES = (("GET", "/pack/list/{kind}"), ("POST", "/pack/do"), ("GET", r"/pack/n/{number:\d+}"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with house_in(tmp_path) as made:
        yield replace(made, jobs=replace(made.jobs, pack_routes=lambda: ROUTES))


async def test_a_packs_route_is_answered_by_the_worker(house: House) -> None:
    headers = {"Content-Type": "text/plain; charset=utf-8", "Set-Cookie": "x=1", "X-Y": "z"}
    house.worker.answers["request"] = {"status": 201, "headers": headers, "body": b"\xe7\x8c\xab"}
    async with served(house) as client:
        for prefix in ("", "/api"):
            sent = {"Cookie": "secret=1", "Authorization": "Bearer secret", "Accept": "text/plain"}
            answer = await client.get(f"{prefix}/pack/list/a%20b?q=1&q=2", headers=sent)
            assert answer.status == 201
            assert await answer.text() == "猫"
            assert "Set-Cookie" not in answer.headers
            assert "X-Y" not in answer.headers
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert house.worker.asked[-1] == (
                "request",
                {
                    "method": "GET",
                    "path": "/pack/list/a b",
                    "query": "q=1&q=2",
                    "headers": {"accept": "text/plain"},
                    "body": b"",
                },
            )
        await client.post("/pack/do", data=b"\0\1")
        assert house.worker.asked[-1][1]["body"] == b"\0\1"  # type: ignore[index]


async def test_what_no_pack_knows_is_not_there_and_strangers_do_not_come_so_far(
    house: House,
) -> None:
    async with served(house) as client:
        for path in ("/pack", "/pack/list/", "/pack/list/a/b", "/pack/n/x", "/other"):
            answer = await client.get(path)
            assert answer.status == 404, path
            await error_of(answer)
        answer = await client.get("/pack/do")
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")
        stranger = {"Origin": "http://evil.example"}
        assert (await client.post("/pack/do", headers=stranger)).status == 403
        assert (await client.get("/pack/list/a", headers={"Host": "evil"})).status == 403
        # By GET, too: what a pack's route does nobody knows.
        assert (await client.get("/pack/list/a", headers=stranger)).status == 403
        image = {"Sec-Fetch-Site": "cross-site"}
        assert (await client.get("/pack/list/a", headers=image)).status == 403
        assert house.worker.asked == []


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (AskError("the pack raised ValueError"), 500),
        (WorkerGoneError("it is being started"), 503),
        (None, 500),
        ({"status": "odd"}, 502),
        ({"headers": ["odd"], "body": "text"}, 200),
        ({"headers": {"content-type": "text/plain\r\nX: y"}}, 200),
    ],
)
async def test_a_pack_that_answers_oddly_harms_nobody(
    house: House, answer: object, status: int
) -> None:
    house.worker.answers["request"] = answer
    async with served(house) as client:
        found = await client.post("/pack/do")
        assert found.status == status
        assert "X" not in found.headers


async def test_new_lines_of_the_log_are_told_to_those_who_want_them(house: House) -> None:
    async with (
        served(house) as client,
        client.ws_connect("/ws?clientId=me") as mine,
        client.ws_connect("/ws?clientId=other") as other,
    ):
        book = house.services.logs
        book.write("before\n")
        for who in ("me", "gone"):
            wish = {"clientId": who, "enabled": True}
            await client.patch("/internal/logs/subscribe", json=wish)
        book.write("one\n")
        (*_, first) = await until(mine, "logs")
        assert [entry["m"] for entry in first["data"]["entries"]][-1] == "one\n"
        assert set(first["data"]["size"]) == {"cols", "rows"}
        book.write("two\n")
        book.write("three\n")
        (*_, second) = await until(mine, "logs")
        assert [entry["m"] for entry in second["data"]["entries"]] == ["two\n", "three\n"]
        assert book.listeners == {"me"}
        job = (await post(client, TWO, client_id="other"))["prompt_id"]
        assert not any(item["type"] == "logs" for item in await until_over(other, job))
