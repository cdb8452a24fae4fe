"""Requests that schemathesis makes of the OpenAPI document, to a server on a socket of its own.

Every operation gets some: right ones and wrong ones. None may break the server, and what it answers
is what the document says. `-m slow` sends ten thousand.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error

from tests.web.files import everything_below
from tests.web.house import house_in
from tests.web.raw import listening
from web.application import JOB_ROUTES, ROUTES, make_application
from web.declared.openapi import document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.web.house import House

    Case: TypeAlias = schemathesis.Case[Any]

STREAMS = ("/ws", "/events")
SCHEMA = schemathesis.openapi.from_dict(
    document([route for route in (*ROUTES, *JOB_ROUTES) if route.path not in STREAMS], "1")
)
FEW, MANY = 8, 160
"""Requests for each operation."""


def examples(count: int) -> settings:
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def on_a_socket(house: House) -> Iterator[str]:
    """A server in a thread of its own; yields its address."""
    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), Event()
    ports: list[int] = []

    async def serve() -> None:
        async with listening(make_application(house.services, house.jobs)) as port:
            ports.append(port)
            ready.set()
            await stop.wait()

    thread = Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    try:
        assert ready.wait(30)
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)
        loop.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    base: Path = tmp_path_factory.mktemp("schema")
    outside = base / "outside"
    outside.mkdir()
    (outside / "precious.txt").write_text("precious")
    with house_in(base / "base") as house:
        for folder in (house.services.folders.input, house.services.folders.output):
            (folder / "link").symlink_to(outside)
        with on_a_socket(house) as url:
            yield url
    assert everything_below(outside) == {"precious.txt": b"precious"}
    assert {path.name for path in base.iterdir()} == {"base", "outside"}


def send(case: Case, address: str) -> None:
    """Send a request; the server lives, and speaks of errors as it always does."""
    answer = case.call(base_url=address, timeout=20, allow_redirects=False)
    case.validate_response(answer, checks=[not_a_server_error])
    if answer.status_code >= 400 and case.method != "HEAD":
        assert set(answer.json()) == {"error", "node_errors"}
        assert "Traceback" not in answer.text


@SCHEMA.parametrize()
@examples(FEW)
def test_no_request_breaks_the_server(case: Case, address: str) -> None:
    send(case, address)


@pytest.mark.slow
@SCHEMA.parametrize()
@examples(MANY)
def test_no_request_of_ten_thousand_breaks_the_server(case: Case, address: str) -> None:
    send(case, address)
