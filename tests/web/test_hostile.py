"""Requests made of the OpenAPI document, right ones and wrong ones: no fault of ours, no harm.

`-m slow` sends ten thousand.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, DummyCookieJar
from yarl import URL

from tests.web.files import everything_below
from tests.web.hostile_requests import Maker
from tests.web.house import TWO, house_in, post, served
from tests.web.raw import listening
from tests.web.serving import error_of
from web.application import make_application

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.house import House


async def send_all(client: ClientSession, address: str, maker: Maker, count: int) -> None:
    for _ in range(count):
        method, path, more = maker.request()
        url = URL(address + path)
        async with asyncio.timeout(20):
            answer = await client.request(method, url, allow_redirects=False, **more)
            body = await answer.read()
        assert answer.status < 500, (method, path, more, body[:500])
        # What a node raised is told to whoever asks for its job; our own faults are not.
        assert b"Traceback (most recent" not in body or answer.status == 200
        if answer.status >= 400 and method != "HEAD":
            assert set(json.loads(body)) == {"error", "node_errors"}, (method, path)


async def attack(house: House, base: Path, seed: int, count: int) -> None:
    outside = base / "outside"
    outside.mkdir()
    (outside / "precious.txt").write_text("precious")
    for folder in (house.services.folders.input, house.services.folders.output):
        (folder / "link").symlink_to(outside)
    app = make_application(house.services, house.jobs)
    async with listening(app) as port, ClientSession(cookie_jar=DummyCookieJar()) as client:
        address = f"http://127.0.0.1:{port}"
        makers = [Maker(seed + number) for number in range(4)]
        await asyncio.gather(*(send_all(client, address, maker, count // 4) for maker in makers))
        assert (await client.get(f"{address}/features")).status == 200
    assert everything_below(outside) == {"precious.txt": b"precious"}
    expected = {"base", "outside"}
    assert {path.name for path in base.iterdir()} == expected
    kept = {"input", "output", "temp", "user", "cache", "models"}
    assert {path.name for path in (base / "base").iterdir()} <= kept


async def test_hundreds_of_hostile_requests_do_no_harm(tmp_path: Path) -> None:
    with house_in(tmp_path / "base") as house:
        await attack(house, tmp_path, 1, 800)


async def test_what_is_unknown_or_over_already_is_told_calmly(tmp_path: Path) -> None:
    """Unknown ids, and jobs that are cancelled, deleted and moved twice."""
    with house_in(tmp_path, start=False) as house:
        async with served(house) as client:
            job = (await post(client, TWO))["prompt_id"]
            for told in (True, False):
                answer = await client.post(f"/jobs/{job}/cancel")
                assert await answer.json() == {"id": job, "cancelled": told}
            for _ in range(2):
                for path, wish in (
                    ("/interrupt", {"prompt_id": job}),
                    ("/queue", {"delete": [job, "absent"]}),
                    ("/history", {"delete": [job, "absent"]}),
                ):
                    assert (await client.post(path, json=wish)).status == 200, path
            for unknown in (job, "absent", "x" * 5_000):
                for path in (f"/jobs/{unknown}", f"/value/{unknown}/a/0"):
                    assert (await client.get(path)).status == 404, path
                answer = await client.post(f"/jobs/{unknown}/cancel")
                assert (await error_of(answer))["type"] == "unknown_job"
                answer = await client.post("/queue/move", json={"prompt_id": unknown, "to": 0})
                assert answer.status == 404
                assert await (await client.get(f"/history/{unknown}")).json() == {}


@pytest.mark.slow
@pytest.mark.timeout(1200)
async def test_ten_thousand_hostile_requests_do_no_harm(tmp_path: Path) -> None:
    with house_in(tmp_path / "base") as house:
        await attack(house, tmp_path, 1000, 10_000)
