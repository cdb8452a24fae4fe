"""Node packs behind a server: their nodes, options, checks, routes and messages."""

from __future__ import annotations

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession, WSServerHandshakeError

from tests.app.packs import DATA
from tests.server.listening import Ear
from tests.server.running import server
from tests.support.workers import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server.running import Server

CHOOSY = '''
import os
import folder_paths


class Choosy:
    """Takes a file of the input folder, and no odd numbers."""

    RETURN_TYPES, FUNCTION, CATEGORY, OUTPUT_NODE = (), "run", "x", True

    @classmethod
    def INPUT_TYPES(cls):
        names = sorted(os.listdir(folder_paths.get_input_directory()))
        return {"required": {"file": (names,), "number": ("INT", {"min": 0, "max": 100})}}

    @classmethod
    def VALIDATE_INPUTS(cls, number):
        return True if number % 2 == 0 else "it is odd"

    def run(self, file, number):
        print("choosy", file)
        return {"ui": {"chosen": [file, number]}}


class Plain(Choosy):
    VALIDATE_INPUTS = None


NODE_CLASS_MAPPINGS = {"Choosy": Choosy, "Plain": Plain}
'''


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("packs")
    packs = base / "custom_nodes"
    packs.mkdir()
    shutil.copy(DATA / "routes" / "with_routes.py", packs)
    (packs / "choosy.py").write_text(CHOOSY)
    (packs / "broken.py").write_text("import nothing_of_that_name")
    (base / "input").mkdir()
    (base / "input" / "a.txt").write_text("a")
    return base


@pytest.fixture(scope="module")
def it(base: Path) -> Iterator[Server]:
    with server(base) as made:
        made.wait_until_said("ready to run jobs")
        yield made


def prompt(kind: str, file: str, number: object = 2) -> dict[str, Any]:
    return {"1": {"class_type": kind, "inputs": {"file": file, "number": number}}}


def options(it: Server) -> Any:  # noqa: ANN401 - JSON
    return it.ask("/object_info/Choosy")[1]["Choosy"]["input"]["required"]["file"][0]


def test_why_a_pack_is_left_out_is_said(it: Server) -> None:
    assert any("broken.py is left out" in line for line in it.said)
    assert "broken.py is left out" in str(it.ask("/internal/logs")[1])


def test_options_are_the_files_of_this_moment_and_what_is_new_is_taken(it: Server) -> None:
    assert "a.txt" in options(it)
    (it.base / "input" / "new.txt").write_text("new")
    job = it.post(prompt("Plain", "new.txt"))
    assert "new.txt" in options(it)
    assert it.wait_for(job)[job]["outputs"]["1"]["chosen"] == ["new.txt", 2]
    (it.base / "input" / "new.txt").unlink()
    wait_for(lambda: it.ask("/prompt", {"prompt": prompt("Plain", "new.txt")})[0] == 400)
    assert "new.txt" not in options(it)


@pytest.mark.parametrize(
    ("kind", "file", "number", "type_"),
    [
        ("Choosy", "a.txt", 3, "custom_validation_failed"),
        ("Plain", "a.txt", 101, "value_bigger_than_max"),
        ("Plain", "no.txt", 2, "value_not_in_list"),
        ("Plain", "a.txt", "much", "invalid_input_type"),
    ],
)
def test_what_is_wrong_with_a_packs_node_is_said_at_once(
    it: Server, kind: str, file: str, number: object, type_: str
) -> None:
    status, answer = it.ask("/prompt", {"prompt": prompt(kind, file, number)})
    assert status == 400
    assert [error["type"] for error in answer["node_errors"]["1"]["errors"]] == [type_]


def test_nothing_runs_beside_a_node_that_no_pack_brings(it: Server) -> None:
    beside = {**prompt("Plain", "a.txt"), "7": {"class_type": "Choosi", "inputs": {}}}
    status, answer = it.ask("/prompt", {"prompt": beside})
    assert (status, answer["error"]["type"]) == (400, "invalid_prompt")
    assert answer["error"]["extra_info"] == {"class_type": "Choosi", "node_id": "7"}
    assert "did you mean 'Choosy'?" in answer["node_errors"]["7"]["errors"][0]["message"]


def test_its_routes_messages_and_words_come_through(it: Server) -> None:
    with Ear(it.url, "ear", announcing=True) as ear:
        ear.until(lambda _: "feature_flags" in ear.kinds)
        status, answer = it.ask("/with_routes/hello/you?x=1")
        assert (status, answer) == (200, {"hello": "you", "q": {"x": "1"}})
        assert it.ask("/api/with_routes/sum", {"numbers": [4, 5]}) == (200, 9)
        ear.until(lambda _: bool(ear.of("with_routes.greeted")) and "picture" in ear.kinds)
        assert ear.of("with_routes.greeted") == [{"name": "you"}]
        (text,) = [said for said in ear.heard if isinstance(said, bytes)]
        assert text == b"\0\0\0\x03\0\0\0\x017hello"
    wait_for(lambda: "greeting you" in str(it.ask("/internal/logs")[1]))
    assert it.ask("/with_routes/nothing")[0] == 404
    assert it.ask("/with_routes/sum")[0] == 405
    status, answer = it.ask("/with_routes/broken")
    assert (status, answer["error"]["type"]) == (500, "pack_failed")
    assert answer["error"]["message"] == "the node pack raised RuntimeError: the pack is wrong"
    assert it.ask("/with_routes/hello/you", Origin="http://evil.example")[0] == 403


def test_its_streams_and_websockets_come_through(it: Server) -> None:
    async def ask() -> tuple[bytes, list[str]]:
        async with ClientSession(it.url) as session:
            async with session.get("/with_routes/stream") as answer:
                stream = await answer.read()
            heard = []
            async with session.ws_connect("/api/with_routes/echo?name=Zo%C3%AB") as socket:
                for word in ("hello", "good-bye"):
                    await socket.send_str(word)
                    heard.append(await socket.receive_str())
            with pytest.raises(WSServerHandshakeError, match="400"):
                await session.ws_connect("/with_routes/hello/you")
            return stream, heard

    assert asyncio.run(ask()) == (b"0\n1\n2\n", ["hello, Zoë", "good-bye, Zoë"])


def test_a_pack_cannot_take_the_place_of_our_own_routes(it: Server) -> None:
    assert it.ask("/queue") == (200, {"queue_running": [], "queue_pending": []})
    assert it.ask("/prompt", {"prompt": {}})[1]["error"]["type"] != "taken over"
    # What is not there is not looked for among packs, where the route is ours.
    assert it.ask("/view?filename=none.png")[0] == 404


def test_slow_and_stuck_routes_keep_nobody_waiting(it: Server) -> None:
    with ThreadPoolExecutor(24) as pool:
        slow = [pool.submit(it.ask, "/with_routes/slow") for _ in range(24)]
        with Ear(it.url, "busy") as ear:
            job = it.post(prompt("Plain", "a.txt", 8), client_id="busy")
            ear.until_over(job)
            assert it.history()[job]["status"]["completed"]
            assert not any(one.done() for one in slow)
        (it.base / "input" / "go").touch()
        assert [one.result() for one in slow] == [(200, "went")] * 24


def test_a_worker_that_dies_at_a_route_is_replaced_and_the_client_is_told(it: Server) -> None:
    status, answer = it.ask("/with_routes/die", {})
    assert (status, answer["error"]["type"]) == (503, "worker_not_ready")
    wait_for(lambda: it.ask("/with_routes/hello/again")[0] == 200)
    job = it.post(prompt("Plain", "a.txt", 10))
    assert it.wait_for(job)[job]["status"]["completed"]


def test_the_nodes_are_known_at_the_next_start_before_any_worker_is(it: Server) -> None:
    async def stop() -> tuple[int | None, str | None]:
        async with (
            ClientSession(it.url) as session,
            session.ws_connect("/with_routes/echo?name=you") as socket,
        ):
            await socket.send_str("hello")
            await socket.receive_str()
            stopping = asyncio.to_thread(it.stop)
            said, _ = await asyncio.gather(socket.receive(), stopping)
            return socket.close_code, said.extra

    assert asyncio.run(stop()) == (1001, "the other side is gone"), "an open WebSocket is closed"
    assert it.process.returncode == 0
    with server(it.base, stubs=False) as again:
        assert "Choosy" in again.ask("/object_info")[1]
        assert not any("ready" in line for line in again.said)
    with server(it.base, "--disable-all-custom-nodes") as bare:
        assert "Choosy" not in bare.ask("/object_info")[1]
