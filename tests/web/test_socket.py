"""The WebSocket and the stream of events, with real jobs."""

from __future__ import annotations

import asyncio
import json
import struct
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError

from graph import events
from graph.jobs.bus import Bus
from tests.web.house import JPEG, PNG, TWO, api, house_in, post, served, until, until_over

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.serving import Client

STEPS = api(s=("Steps", {}), b=("Save", {"value": "s:0"}))
WRONG = api(
    f=("Fail", {"value": 1}),
    b=("Show", {"value": "f:0"}),
    s=("Steps", {}),
    c=("Save", {"value": "s:0"}),
)


def kinds(heard: list[Any]) -> list[str]:
    return [item["type"] for item in heard if isinstance(item, dict)]


async def test_a_client_hears_its_job_from_beginning_to_end(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client, client.ws_connect("/ws?clientId=me") as socket:
            hello = await socket.receive_json()
            sid = {"status": {"exec_info": {"queue_remaining": 0}}, "sid": "me"}
            assert hello == {"type": "status", "data": sid}
            job = (await post(client, TWO, client_id="me"))["prompt_id"]
            heard = await until_over(socket, job)
            told = [kind for kind in kinds(heard) if kind != "status"]
            assert told == [
                "execution_start",
                "execution_cached",
                "progress_state",
                "executing",
                "executing",
                "executed",
                "progress_state",
                "execution_success",
                "executing",
            ]
            assert kinds(heard)[-3:] == ["execution_success", "status", "executing"]
            assert all(set(item) == {"type", "data"} for item in heard)
            assert (await client.get(f"/history/{job}")).status == 200
            history = await (await client.get(f"/history/{job}")).json()
            assert history[job]["status"]["completed"], "it can be read when the end is told"
            last_state = [item for item in heard if item["type"] == "progress_state"][-1]
            states = {key: node["state"] for key, node in last_state["data"]["nodes"].items()}
            assert states == {"a": "finished", "b": "finished"}


async def test_a_cached_output_is_told_again_without_running(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client, client.ws_connect("/ws?clientId=me") as socket:
            first = (await post(client, TWO, client_id="me"))["prompt_id"]
            await until_over(socket, first)
            second = (await post(client, TWO, client_id="me"))["prompt_id"]
            heard = [item for item in await until_over(socket, second) if item["type"] != "status"]
            assert [item["type"] for item in heard] == [
                "execution_start",
                "execution_cached",
                "executed",
                "execution_success",
                "executing",
            ]
            assert set(heard[1]["data"]["nodes"]) == {"a", "b"}
            history = await (await client.get(f"/history/{second}")).json()
            assert list(history[second]["outputs"]) == ["b"]


async def test_only_who_sent_a_job_hears_of_its_nodes_and_sees_its_pictures(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        house.gate.open.set()
        async with (
            served(house) as client,
            client.ws_connect("/ws?clientId=me") as mine,
            client.ws_connect("/ws") as other,
        ):
            assert len((await other.receive_json())["data"]["sid"]) == 32
            job = (await post(client, STEPS, client_id="me"))["prompt_id"]
            heard = await until_over(mine, job)
            progress = [item["data"] for item in heard if isinstance(item, dict)]
            steps = [data["value"] for data in progress if data.get("max") == 5]
            assert steps == [1, 2, 3, 4, 5]
            pictures = [item for item in heard if isinstance(item, bytes)]
            assert pictures
            assert pictures[-1] == struct.pack(">II", 1, 1) + JPEG
            await mine.close()
            others = []
            while True:
                try:
                    others.append((await other.receive_json(timeout=0.3))["type"])
                except TimeoutError:
                    break
            assert set(others) == {"status"}


async def test_a_nodes_pictures_come_in_order_to_who_announced_nothing(tmp_path: Path) -> None:
    prompt = api(a=("Steps", {}), b=("Save", {"value": "a:0"}), c=("Send", {}))
    with house_in(tmp_path) as house:
        house.gate.open.set()
        quiet = replace(house, services=replace(house.services, previews_for_all=False))
        async with served(quiet) as client, client.ws_connect("/ws?clientId=me") as socket:
            job = (await post(client, prompt, client_id="me"))["prompt_id"]
            node: str | None = None
            came: list[tuple[str | None, bytes]] = []
            for said in await until_over(socket, job):
                if isinstance(said, bytes):
                    came.append((node, said))
                elif said["type"] == "executing":
                    node = said["data"]["node"]
    head = struct.pack(">II", 1, 2) + PNG
    assert came == [("c", head + b"1"), ("c", head + b"2"), ("c", head + b"3")]


@pytest.mark.parametrize(
    ("for_all", "announced", "kind"),
    [
        (True, None, 1),
        (True, {"supports_preview_metadata": False}, 1),
        (True, {"supports_preview_metadata": True}, 4),
        (False, None, None),
        (False, {}, None),
        (False, {"supports_preview_metadata": False}, None),
        (False, {"supports_preview_metadata": True}, 4),
    ],
)
async def test_who_gets_previews_and_of_which_type(
    tmp_path: Path, for_all: bool, announced: dict[str, bool] | None, kind: int | None
) -> None:
    with house_in(tmp_path) as house:
        house.gate.open.set()
        chosen = replace(house, services=replace(house.services, previews_for_all=for_all))
        async with served(chosen) as client, client.ws_connect("/ws?clientId=me") as socket:
            if announced is not None:
                await socket.send_json({"type": "feature_flags", "data": announced})
                await until(socket, "feature_flags")
            job = (await post(client, STEPS, client_id="me"))["prompt_id"]
            pictures = [x for x in await until_over(socket, job) if isinstance(x, bytes)]
            assert {struct.unpack(">I", one[:4])[0] for one in pictures} == ({kind} - {None})


async def test_previews_come_with_metadata_to_those_who_can_read_it(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        house.gate.open.set()
        async with served(house) as client, client.ws_connect("/ws?clientId=me") as socket:
            flags = {"supports_preview_metadata": True}
            await socket.send_json({"type": "feature_flags", "data": flags})
            (*_, answer) = await until(socket, "feature_flags")
            assert answer["data"] == {
                "supports_preview_metadata": True,
                "max_upload_size": 104857600,
            }
            job = (await post(client, STEPS, client_id="me"))["prompt_id"]
            pictures = [x for x in await until_over(socket, job) if isinstance(x, bytes)]
            kind, length = struct.unpack(">II", pictures[-1][:8])
            assert kind == 4
            about = json.loads(pictures[-1][8 : 8 + length])
            assert about == {
                "node_id": "s",
                "prompt_id": job,
                "display_node_id": "s",
                "parent_node_id": None,
                "real_node_id": "s",
                "image_type": "image/jpeg",
            }
            assert pictures[-1][8 + length :] == JPEG
        assert house.worker.previews[0] is True
        assert house.worker.previews[-1] is False


async def test_independent_branches_go_on_after_an_error_which_ends_the_job_last(
    tmp_path: Path,
) -> None:
    with house_in(tmp_path) as house:
        house.gate.open.set()
        async with (
            served(house) as client,
            client.ws_connect("/ws?clientId=me") as socket,
            client.ws_connect("/ws?clientId=us&since=0") as ours,
        ):
            job = (await post(client, WRONG, client_id="me"))["prompt_id"]
            heard = await until_over(socket, job)
            told = kinds(heard)
            assert "executed" in told
            assert told[-3:] == ["execution_error", "status", "executing"], "ComfyUI's order"
            assert told.count("execution_error") == 1
            assert "execution_success" not in told
            assert "node_failed" not in told
            error = heard[-3]["data"]
            assert error["current_inputs"] == {"value": [1]}
            assert error["executed"] == error["current_outputs"] == ["s", "c"]
            history = await (await client.get(f"/history/{job}")).json()
            kind, kept = history[job]["status"]["messages"][-1]
            assert kind == "execution_error"
            assert kept["current_inputs"] == {"value": [1]}
            job = (await post(client, WRONG, client_id="us"))["prompt_id"]
            heard = kinds(await until(ours, "job_ended", prompt_id=job))
            assert heard.index("node_failed") < heard.index("execution_error")


async def test_nothing_is_missed_by_a_client_that_was_away(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            async with client.ws_connect("/ws?clientId=me&since=0") as socket:
                hello = await socket.receive_json()
                number = hello["number"]
                assert (await socket.receive_json())["data"] == {"resume": number}
                job = (await post(client, STEPS, client_id="me"))["prompt_id"]
                before = await until(socket, "progress", value=2)
            known = before[-1]["number"]
            house.gate.open.set()
            for _ in range(500):
                if await (await client.get(f"/history/{job}")).json():
                    break
                await asyncio.sleep(0.01)
            async with client.ws_connect(f"/ws?clientId=me&since={known}") as socket:
                after = await until(socket, "job_ended", prompt_id=job)
            told = [item for item in after if isinstance(item, dict)][1:]
            assert "executed" in kinds(told)
            assert kinds(told)[-2:] == ["executing", "job_ended"]
            numbers = [item["number"] for item in told]
            assert numbers == sorted(numbers)
            assert numbers[0] >= known
            async with client.ws_connect(f"/ws?clientId=me&since={numbers[-1]}") as socket:
                assert (await socket.receive_json())["type"] == "status"
                later = (await post(client, TWO, client_id="me"))["prompt_id"]
                assert all(
                    item["data"].get("prompt_id", later) == later
                    for item in await until(socket, "job_ended")
                )


async def test_a_client_that_was_away_too_long_is_told_so(tmp_path: Path) -> None:
    with house_in(tmp_path, bus=Bus(most=50)) as house:
        async with served(house) as client:
            async with client.ws_connect("/ws?clientId=me&since=0") as socket:
                number = (await socket.receive_json())["number"]
            for _ in range(20):
                await post(client, TWO)
            await asyncio.sleep(0.5)
            async with client.ws_connect(f"/ws?clientId=me&since={number}") as socket:
                await socket.receive_json()
                missed = await socket.receive_json()
                assert missed["type"] == "events_missed"
                assert missed["data"]["resume"] == missed["number"] > number


async def test_who_comes_in_the_midst_of_a_job_hears_where_it_is(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            await post(client, STEPS, client_id="me")
            assert await asyncio.to_thread(house.gate.reached.wait, 20)
            await asyncio.sleep(0.05)
            async with client.ws_connect("/ws?clientId=me") as socket:
                await socket.receive_json()
                assert await socket.receive_json() == {"type": "executing", "data": {"node": "s"}}
                state = await socket.receive_json()
                assert state["type"] == "progress_state"
                assert state["data"]["nodes"]["s"]["value"] == 2


async def test_the_same_client_again_takes_the_place_of_the_old_socket(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with (
            served(house) as client,
            client.ws_connect("/ws?clientId=me") as old,
            client.ws_connect("/ws?clientId=me") as new,
        ):
            job = (await post(client, TWO, client_id="me"))["prompt_id"]
            await until_over(new, job)
            await old.close()
            job = (await post(client, TWO, client_id="me"))["prompt_id"]
            await until_over(new, job)


@pytest.mark.parametrize(
    "garbage",
    ["", "{", "[]", "null", '{"type": 5}', '{"type": "feature_flags"}', "[" * 60_000, "\ud7ff" * 9],
)
async def test_a_client_that_talks_nonsense_is_heard_out(tmp_path: Path, garbage: str) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client, client.ws_connect("/ws?clientId=me") as socket:
            await socket.send_str(garbage)
            await socket.send_bytes(b"\0\1\2")
            job = (await post(client, TWO, client_id="me"))["prompt_id"]
            await until_over(socket, job)


async def test_a_client_that_floods_or_sends_too_much_is_closed(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:

            async def closing(messages: list[str]) -> int | None:
                async with client.ws_connect("/ws") as socket:
                    for message in messages:
                        await socket.send_str(message)
                    while (await socket.receive(timeout=10)).type is WSMsgType.TEXT:
                        pass
                    return socket.close_code

            assert await closing(["x"] * 300) == 1008
            assert await closing(["x" * 100_000]) == 1009
            async with client.ws_connect("/ws") as socket:
                assert (await socket.receive_json())["type"] == "status"


async def test_strangers_get_no_socket(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            for headers in (
                {"Origin": "http://evil.example"},
                {"Origin": "null"},
                {"Host": "evil.example"},
                {"Sec-Fetch-Site": "cross-site"},
            ):
                with pytest.raises(WSServerHandshakeError) as refused:
                    await client.ws_connect("/ws", headers=headers)
                assert refused.value.status == 403
            stream = await client.get("/events", headers={"Sec-Fetch-Site": "cross-site"})
            assert stream.status == 403
            assert (await client.get("/ws")).status == 400
            assert (await client.get("/ws?since=x")).status == 400
            assert (await client.get(f"/ws?clientId={'x' * 300}")).status == 400


async def stream_of(client: Client, query: str, last: str, **headers: str) -> list[dict[str, Any]]:
    """The events of a stream, up to a type."""
    found: list[dict[str, Any]] = []
    async with client.get(f"/events?{query}", headers=headers) as answer:
        assert answer.content_type == "text/event-stream"
        async for line in answer.content:
            if line.startswith(b"data: "):
                found.append(json.loads(line[6:]))
                if found[-1]["type"] == last:
                    return found
    return found


def lasting(heard: list[dict[str, Any]]) -> list[str]:
    """The types of messages but those that say how things are just now."""
    return [
        said["type"]
        for said in heard[1:]
        if said["type"] not in {"progress_state", "status"}
        and (said["type"] != "executing" or "prompt_id" in said["data"])
    ]


async def test_who_has_no_sockets_reads_a_stream(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            first = await stream_of(client, "clientId=me", "status")
            number = first[0]["number"]
            job = (await post(client, TWO, client_id="me"))["prompt_id"]
            heard = await stream_of(client, f"clientId=me&since={number}", "job_ended")
            assert "executed" in kinds(heard)
            again = await stream_of(
                client, "clientId=me", "job_ended", **{"Last-Event-ID": str(number)}
            )
            assert lasting(again) == lasting(heard)
            assert heard[-1]["data"]["prompt_id"] == job


async def test_a_stalled_client_holds_up_nobody(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            # A raw connection that asks for a socket and then never reads.
            reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
            writer.write(
                b"GET /ws?clientId=stalled&since=0 HTTP/1.1\r\nHost: localhost\r\n"
                b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            )
            assert b"101" in await reader.readline()
            reader._transport.pause_reading()  # type: ignore[attr-defined]
            async with client.ws_connect("/ws?clientId=me") as socket:
                for number in range(2000):
                    facts: dict[str, Any] = {"job": "j", "number": number, "time": 0.0}
                    about: dict[str, Any] = {"node_id": "n", "class_type": "K", "display_node": "n"}
                    house.jobs.bus.publish(events.NodeWarning(**facts, **about, text="x" * 1000))
                job = (await post(client, TWO, client_id="me"))["prompt_id"]
                await until_over(socket, job)
            writer.close()


async def test_a_server_that_stops_says_so_to_its_clients(tmp_path: Path) -> None:
    with house_in(tmp_path) as house:
        async with served(house) as client:
            socket = await client.ws_connect("/ws")
            await socket.receive_json()
            house.jobs.bus.close()
            message = await socket.receive(timeout=10)
            assert message.type is WSMsgType.CLOSE
            assert message.data == 1001
            assert message.extra == "the server is stopping"
