"""Routes of packs, asked as the server asks a worker: in a process of their own, with sockets."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from yarl import URL

from app.bootstrap.start import ROOT
from app.settings import Settings
from app.worker import make_workshop
from app.worker_routes import HAS_FILES
from graph.backends.process import ProcessBackend
from tests.app.packs import DATA, base_with
from web.pack_door import Door

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Ask = Callable[..., Any]

NOTHING: Mapping[str, str] = MappingProxyType({})
SAID: list[tuple[str, object, str | None]] = []


def backend_in(base: Path) -> ProcessBackend:
    settings = Settings(base=base, device="cpu", cache_disk=0)
    made = ProcessBackend(
        make_workshop, settings, on_said=lambda *said: SAID.append((said[0], said[1], said[2]))
    )
    assert made.wait(120) == ""
    return made


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessBackend]:
    made = backend_in(base_with(tmp_path_factory.mktemp("routes"), "routes"))
    yield made
    made.close()


@pytest.fixture
def ask(backend: ProcessBackend) -> Ask:
    def ask(method: str, path: str, body: bytes = b"", **headers: str) -> Any:  # noqa: ANN401
        return asyncio.run(through(door_of(backend), method, path, body, headers))

    return ask


def door_of(backend: ProcessBackend) -> Door:
    door = Door.told(backend.about)
    assert door is not None
    return door


async def through(
    door: Door, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = NOTHING
) -> dict[str, Any]:
    """Ask as the server does."""
    url = URL(path, encoded="%" in path)
    async with (
        door.session() as session,
        session.request(method, url, data=body or None, headers=headers) as answer,
    ):
        told = {name.lower(): value for name, value in answer.headers.items()}
        return {"status": answer.status, "headers": told, "body": await answer.read()}


def test_the_worker_says_which_routes_there_are(backend: ProcessBackend) -> None:
    assert backend.about is not None
    routes = {tuple(route) for route in backend.about["routes"]}
    assert ("GET", "/with_routes/hello/{name}") in routes
    assert ("POST", "/with_routes/sum") in routes
    assert ("DELETE", "/with_routes/thing") in routes
    assert ("GET", "/with_routes/added") in routes
    assert ("GET", "/with_routes/static/{path:.*}") in routes


def test_a_route_is_answered_with_its_path_query_and_body(ask: Ask) -> None:
    answer = ask("GET", "/with_routes/hello/Zo%C3%AB?a=1&b=%20x")
    assert answer["status"] == 200
    assert json.loads(answer["body"]) == {"hello": "Zoë", "q": {"a": "1", "b": " x"}}
    body = json.dumps({"numbers": [1, 2, 3]}).encode()
    answer = ask("POST", "/with_routes/sum", body, **{"content-type": "application/json"})
    assert (answer["status"], answer["body"]) == (200, b"6")
    assert answer["headers"]["content-type"] == "application/json; charset=utf-8"


def test_forms_files_and_streams_work(ask: Ask) -> None:
    form = (
        b"--x\r\nContent-Disposition: form-data; name=note\r\n\r\nhi\r\n"
        b'--x\r\nContent-Disposition: form-data; name=picture; filename="a.png"\r\n\r\n12345\r\n'
        b"--x--\r\n"
    )
    kind = {"content-type": "multipart/form-data; boundary=x"}
    assert ask("POST", "/with_routes/upload", form, **kind)["body"] == b"a.png 5 hi"
    source = (DATA / "routes" / "with_routes.py").read_bytes()
    assert ask("GET", "/with_routes/file")["body"] == source
    assert ask("GET", "/with_routes/static/with_routes.py")["body"] == source
    outside = "/with_routes/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd"
    assert ask("GET", outside)["status"] in (403, 404)
    assert ask("GET", "/with_routes/stream")["body"] == b"0\n1\n2\n"
    assert ask("GET", "/with_routes/added")["headers"]["x-mine"] == "yes"


def test_errors_of_a_pack_are_answers_and_the_worker_goes_on(ask: Ask) -> None:
    assert ask("GET", "/with_routes/broken")["status"] == 500
    assert ask("DELETE", "/with_routes/thing")["status"] == 403
    assert ask("GET", "/with_routes/nothing")["status"] == 404
    assert ask("GET", "/with_routes/hello/again")["status"] == 200


def test_what_a_pack_sends_and_prints_reaches_the_server(ask: Ask) -> None:
    ask("GET", "/with_routes/hello/you")
    wanted = [
        ("with_routes.greeted", {"name": "you"}, None),
        ("progress_text", {"node": "7", "text": "hello"}, None),
        ("safelight.log", "greeting you", None),
    ]
    end = time.monotonic() + 20
    while not all(said in SAID for said in wanted) and time.monotonic() < end:
        time.sleep(0.01)
    assert all(said in SAID for said in wanted)


def test_nobody_comes_in_without_the_secret(backend: ProcessBackend) -> None:
    door = door_of(backend)
    folder = Path(door.path).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for secret in ("", "guessed", door.secret[:-1]):
        found = asyncio.run(through(replace(door, secret=secret), "GET", "/with_routes/hello/x"))
        assert (found["status"], found["body"]) == (403, b"this is for Safelight's server alone")


def test_where_sockets_are_no_files_a_port_of_this_machine_is_the_door() -> None:
    command = [sys.executable, "-c", ASKED]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.split() == ["403", "200", "hello"], done.stderr


ASKED = """
import asyncio, dataclasses
from compat import prompt_server as server
from app.worker_routes import PackRoutes
from web.pack_door import Door

@server.PromptServer.instance.routes.get("/hello")
async def hello(request):
    return server.web.Response(text="hello")

async def ask(door):
    async with door.session() as session, session.get("/hello") as answer:
        print(answer.status)
        if answer.status == 200:
            print(await answer.text())

door = Door.told({"door": PackRoutes(in_folder=False).door})
assert door.port and not door.path
asyncio.run(ask(dataclasses.replace(door, secret="guessed")))
asyncio.run(ask(door))
"""


def test_without_packs_that_ask_for_it_there_are_no_routes(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    backend = backend_in(tmp_path)
    try:
        assert backend.about is not None
        assert backend.about["routes"] == []
        assert backend.about["door"] is None
    finally:
        backend.close()


@pytest.mark.skipif(not HAS_FILES, reason="sockets are no files here")
def test_what_workers_that_were_killed_left_behind_is_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory() as short:  # the names of sockets must not be long
        monkeypatch.setenv("TMPDIR", short)
        doors = {name: Path(short, f"safelight-{name}", "door") for name in ("old", "new", "open")}
        for path in doors.values():
            path.parent.mkdir()
        with (
            socket.socket(socket.AF_UNIX) as old,
            socket.socket(socket.AF_UNIX) as new,
            socket.socket(socket.AF_UNIX) as opened,
        ):
            for asked, path in zip((old, new, opened), doors.values(), strict=True):
                asked.bind(str(path))
            opened.listen()
            for name in ("old", "open"):
                os.utime(doors[name], (0, 0))
            backend = backend_in(base_with(tmp_path, "routes"))
            backend.close()
        left = {name for name, path in doors.items() if path.parent.exists()}
    # One that was made a moment ago may be about to listen.
    assert left == {"new", "open"}


def test_a_worker_that_ends_leaves_no_door_behind(tmp_path: Path) -> None:
    backend = backend_in(base_with(tmp_path, "routes"))
    folder = Path(door_of(backend).path).parent
    assert folder.is_dir()
    backend.close()
    assert not folder.exists()
