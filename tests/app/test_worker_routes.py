"""Routes of packs, asked as the server asks a worker: in a process of their own, with sockets."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from app.settings import Settings
from app.worker import make_workshop
from graph.backends.link import AskError
from graph.backends.process import ProcessBackend
from tests.app.packs import DATA, base_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Ask = Callable[..., Any]

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
    def ask(method: str, path: str, body: bytes = b"", query: str = "", **headers: str) -> Any:  # noqa: ANN401
        question = {"method": method, "path": path, "query": query, "body": body}
        return backend.ask("request", {**question, "headers": headers}, seconds=60)

    return ask


def test_the_worker_says_which_routes_there_are(backend: ProcessBackend) -> None:
    assert backend.about is not None
    routes = {tuple(route) for route in backend.about["routes"]}
    assert ("GET", "/with_routes/hello/{name}") in routes
    assert ("POST", "/with_routes/sum") in routes
    assert ("DELETE", "/with_routes/thing") in routes
    assert ("GET", "/with_routes/added") in routes
    assert ("GET", "/with_routes/static/{path:.*}") in routes


def test_a_route_is_answered_with_its_path_query_and_body(ask: Ask) -> None:
    answer = ask("GET", "/with_routes/hello/Zoë", query="a=1&b=%20x")
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
    assert ask("GET", "/with_routes/static/../../../../etc/passwd")["status"] in (403, 404)
    assert ask("GET", "/with_routes/stream")["body"] == b"0\n1\n2\n"
    assert ask("GET", "/with_routes/added")["headers"]["x-mine"] == "yes"


def test_errors_of_a_pack_are_answers_and_the_worker_goes_on(ask: Ask) -> None:
    assert ask("GET", "/with_routes/broken")["status"] == 500
    assert ask("DELETE", "/with_routes/thing")["status"] == 403
    assert ask("GET", "/with_routes/nothing")["status"] == 404
    assert ask("GET", "/with_routes/hello/x\r\nY: z")["status"] in (200, 400, 404)
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


def test_without_packs_that_ask_for_it_there_are_no_routes(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    backend = backend_in(tmp_path)
    try:
        assert backend.about is not None
        assert backend.about["routes"] == []
        question = {"method": "GET", "path": "/x", "query": "", "headers": {}, "body": b""}
        with pytest.raises(AskError, match="no node pack has added a route"):
            backend.ask("request", question)
    finally:
        backend.close()
