"""Routes that packs add, answered where the packs are: behind a door, on a real socket."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientPayloadError, WSMsgType, WSServerHandshakeError, web

from tests.web.house import house_in, served
from tests.web.packs_behind import ROUTES, SECRET, Packs, answer
from tests.web.serving import error_of
from web import pack_proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.house import House


@pytest.fixture
def packs() -> Iterator[Packs]:
    made = Packs()
    yield made
    if made.door is not None:
        made.door.clear_away()


@pytest.fixture
def house(tmp_path: Path, packs: Packs) -> Iterator[House]:
    with house_in(tmp_path) as made:
        jobs = replace(made.jobs, pack_routes=lambda: ROUTES, pack_door=lambda: packs.door)
        yield replace(made, jobs=jobs)


async def test_a_packs_route_is_answered_where_the_packs_are(house: House, packs: Packs) -> None:
    async def cat(_request: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": "text/plain; charset=utf-8", "Set-Cookie": "x=1", "X-Y": "z"}
        return web.Response(status=201, headers=headers, body=b"\xe7\x8c\xab")

    packs.answer = cat
    sent = {"Cookie": "secret=1", "Authorization": "Bearer secret", "Accept": "text/plain"}
    async with packs.listening(), served(house) as client:
        for prefix in ("", "/api"):
            found = await client.get(f"{prefix}/pack/list/a%20b?q=1&q=2", headers=sent)
            assert found.status == 201
            assert await found.text() == "猫"
            assert not {"Set-Cookie", "X-Y"} & set(found.headers)
            assert found.headers["X-Content-Type-Options"] == "nosniff"
            asked = packs.asked[-1]
            assert (asked["method"], asked["target"]) == ("GET", "/pack/list/a%20b?q=1&q=2")
            assert asked["headers"].keys() == {"accept", "host", "x-safelight-door"}
            assert asked["headers"]["x-safelight-door"] == SECRET
        await client.post("/pack/do", data=b"\0\1")
        assert packs.asked[-1]["body"] == b"\0\1"


async def test_what_no_pack_knows_is_not_there_and_strangers_do_not_come_so_far(
    house: House, packs: Packs
) -> None:
    async with packs.listening(), served(house) as client:
        for path in ("/pack", "/pack/list/", "/pack/list/a/b", "/pack/n/x", "/other"):
            found = await client.get(path)
            assert found.status == 404, path
            await error_of(found)
        found = await client.get("/pack/do")
        assert (found.status, found.headers["Allow"]) == (405, "POST")
        stranger = {"Origin": "http://evil.example"}
        assert (await client.post("/pack/do", headers=stranger)).status == 403
        assert (await client.get("/pack/list/a", headers={"Host": "evil"})).status == 403
        # By GET, too: what a pack's route does nobody knows.
        assert (await client.get("/pack/list/a", headers=stranger)).status == 403
        stranger = {"Sec-Fetch-Site": "cross-site"}
        assert (await client.get("/pack/list/a", headers=stranger)).status == 403
        with pytest.raises(WSServerHandshakeError, match="403"):
            await client.ws_connect("/pack/socket", headers=stranger)
        assert packs.asked == []


async def test_where_nobody_answers_for_packs_it_is_said_and_when_to_ask_again(
    house: House, packs: Packs
) -> None:
    async with served(house) as client:
        found = await client.get("/pack/stream")
        assert (found.status, found.headers["Retry-After"]) == (503, "1")
        assert (await error_of(found))["type"] == "worker_not_ready"
        async with packs.listening():
            assert (await client.get("/pack/stream")).status == 200
        found = await client.post("/pack/do")
        assert (await error_of(found))["type"] == "worker_not_ready", "it is gone again"
        left = Path(packs.door.path if packs.door else "").parent
        assert left.exists()
        async with packs.listening():
            assert (await client.get("/pack/stream")).status == 200, "and back at another door"
            assert not left.exists(), "what one that was killed left is cleared away"


async def test_what_a_pack_says_bit_by_bit_is_passed_on_at_once(house: House, packs: Packs) -> None:
    heard = asyncio.Event()

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"data: 1\n\n")
        await heard.wait()
        await response.write(b"data: 2\n\n")
        return response

    packs.answer = stream
    async with packs.listening(), served(house) as client:
        found = await client.get("/pack/stream")
        assert found.headers["Content-Type"] == "text/event-stream"
        assert await found.content.readany() == b"data: 1\n\n"
        heard.set()
        assert await found.content.read() == b"data: 2\n\n"


async def test_a_pack_says_no_more_than_the_client_takes(house: House, packs: Packs) -> None:
    written = 0

    async def flood(request: web.Request) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(400):
            await response.write(b"x" * 2**18)
            written += 2**18
        return response

    packs.answer = flood
    async with packs.listening(), served(house) as client:
        found = await client.get("/pack/stream")
        before = -1
        while before != written:  # until it comes to a stand
            before = written
            await asyncio.sleep(0.2)
        assert written < 50 * 2**20
        assert len(await found.read()) == 400 * 2**18


async def test_those_who_come_at_once_to_a_new_worker_all_find_its_door_open(
    house: House, packs: Packs, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(house) as client, packs.listening():
        await asyncio.gather(*(client.get("/pack/stream") for _ in range(3)))
        async with packs.listening():
            assert packs.door is not None
            found = await asyncio.gather(*(client.get("/pack/stream") for _ in range(5)))
            assert [each.status for each in found] == [200] * 5
            assert Path(packs.door.path).exists()
            assert (await client.get("/pack/stream")).status == 200
    gc.collect()  # clients that nobody closed say so
    assert not caplog.records


@pytest.mark.parametrize("begun", [False, True])
async def test_a_client_that_hangs_up_is_waited_for_no_longer(
    house: House,
    packs: Packs,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    begun: bool,
) -> None:
    monkeypatch.setattr(pack_proxy, "_LOOK", 0.05)
    monkeypatch.setattr(pack_proxy, "_MOST", 1)
    left = asyncio.Event()

    async def wait(request: web.Request) -> web.StreamResponse:
        if begun:
            response = web.StreamResponse()
            await response.prepare(request)
            await response.write(b"tick")
        while request.transport is not None:
            await asyncio.sleep(0.01)
        left.set()
        return web.Response()

    packs.answer = wait
    async with packs.listening(), served(house) as client:
        asked = asyncio.ensure_future(client.get("/pack/stream"))
        while not packs.asked:
            await asyncio.sleep(0.01)
        found = await client.post("/pack/do")
        assert (found.status, (await error_of(found))["type"]) == (503, "too_many_requests")
        if begun:
            found = await asked
            assert await found.content.readany() == b"tick"
            found.close()
        asked.cancel()
        await asyncio.wait_for(left.wait(), 10)
        packs.answer = lambda _: answer(200)
        while (await client.head("/pack/stream")).status == 503:
            await asyncio.sleep(0.01)
    assert not caplog.records


async def test_head_is_answered_without_what_a_pack_would_stream(
    house: House, packs: Packs, caplog: pytest.LogCaptureFixture
) -> None:
    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"data: 1\n\n")
        return response

    packs.answer = stream
    async with packs.listening(), served(house) as client:
        found = await client.head("/pack/stream")
        assert (found.status, found.headers["Content-Type"]) == (200, "text/event-stream")
        assert await found.read() == b""
    assert not caplog.records


async def test_an_answer_that_breaks_off_is_seen_to_break_off(house: House, packs: Packs) -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.abort()
        return response

    packs.answer = half
    async with packs.listening(), served(house) as client:
        found = await client.get("/pack/stream")
        with pytest.raises(ClientPayloadError):
            await found.read()
        packs.answer = lambda _: answer(204)
        assert (await client.get("/pack/stream")).status == 204
        packs.answer = lambda _: answer(302, Location="/a")
        moved = await client.get("/pack/stream", allow_redirects=False)
        assert (moved.status, moved.headers["Location"]) == (302, "/a")


async def test_a_packs_websocket_is_passed_through_both_ways(house: House, packs: Packs) -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=["chat"])
        await socket.prepare(request)
        async for message in socket:
            if message.data == "enough":
                await socket.close(code=4001)
            elif message.type is WSMsgType.TEXT:
                await socket.send_str(f"{message.data}!")
            else:
                await socket.send_bytes(message.data[::-1])
        return socket

    packs.answer = echo
    async with packs.listening(), served(house) as client:
        async with client.ws_connect("/api/pack/socket?x=1", protocols=["chat"]) as socket:
            assert socket.protocol == "chat"
            await socket.send_str("hello")
            assert await socket.receive_str() == "hello!"
            await socket.send_bytes(b"12")
            assert await socket.receive_bytes() == b"21"
            await socket.send_str("enough")
            assert (await socket.receive()).type is WSMsgType.CLOSE
            assert socket.close_code == 4001
        assert packs.asked[-1]["target"] == "/pack/socket?x=1"
        packs.answer = lambda _: answer(404)
        with pytest.raises(WSServerHandshakeError, match="404"):
            await client.ws_connect("/pack/socket")
