"""A running server for tests, and how to talk to it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer

from graph.folders import Folders
from web.application import make_application
from web.catalogue import DefinedCatalogue
from web.services import Services

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping
    from pathlib import Path

    from aiohttp import ClientResponse, web

    from graph.workflow import Json
    from web.declared.route import Route

    Client = TestClient[web.Request, web.Application]


class Pocket:
    """A shelf for tests of what has nothing to do with shelves."""

    def __init__(self) -> None:
        self._values: dict[str, Json] = {}

    def all(self) -> dict[str, Json]:
        return self._values

    def changed(self) -> dict[str, float]:
        return dict.fromkeys(self._values, 0.0)

    def get(self, name: str) -> Json:
        return self._values.get(name)

    def merge(self, changes: Mapping[str, Json]) -> None:
        self._values |= changes

    def remove(self, name: str) -> bool:
        return self._values.pop(name, None) is not None


def services_in(base: Path, **changes: Any) -> Services:  # noqa: ANN401 - of each its own type
    folders = Folders.under(base)
    for folder in (folders.input, folders.output, folders.temp, folders.user):
        folder.mkdir(parents=True, exist_ok=True)
    catalogue = DefinedCatalogue((), folders)
    return replace(Services(folders, catalogue, Pocket(), Pocket()), **changes)


@asynccontextmanager
async def running(services: Services, more: Iterable[Route] = ()) -> AsyncIterator[Client]:
    """A client without cookies of its own accord, of a server on 127.0.0.1."""
    server = TestServer(make_application(services, more=more))
    async with TestClient(server, cookie_jar=DummyCookieJar()) as client:
        yield client


async def error_of(answer: ClientResponse) -> dict[str, Any]:
    """The error of an answer, which must be in the envelope and carry no traceback."""
    body = await answer.json()
    assert set(body) == {"error", "node_errors"}, body
    error = body["error"]
    assert set(error) == {"type", "message", "details", "extra_info"}
    assert "Traceback" not in str(body)
    assert error["message"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert isinstance(error, dict)
    return error
