"""Routes and their declarations, errors, the document that describes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from aiohttp import web

from tests.web.serving import error_of, running, services_in
from web.application import ROUTES
from web.declared.openapi import document
from web.declared.readers import Range
from web.declared.route import get, post

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Wish:
    """What is wished for."""

    size: Annotated[int, Range(1, 9)]
    colour: Literal["red", "blue"] = "red"
    loud: bool = False
    name: str | None = None


@post("/wish/{who}")
async def wish(_request: web.Request, who: str, body: Wish) -> dict[str, object]:
    """Wish for something."""
    return {"who": who, "size": body.size, "colour": body.colour, "name": body.name}


@get("/look")
async def look(_request: web.Request, query: Wish) -> list[object]:
    """Look for something."""
    return [query.size, query.colour, query.loud]


@get("/broken")
async def broken(_request: web.Request) -> None:
    """Fail."""
    raise RuntimeError("the secret inside")


@post("/free")
async def free(_request: web.Request, body: Wish | None) -> None:
    """Take a body or none."""
    assert body is None or body.size


MORE = (wish, look, broken, free)


@pytest.mark.parametrize("prefix", ["", "/api"])
async def test_a_route_answers_at_the_root_and_below_api(tmp_path: Path, prefix: str) -> None:
    async with running(services_in(tmp_path), MORE) as client:
        answer = await client.post(f"{prefix}/wish/a%2Fb", json={"size": 3, "name": None, "x": 1})
        assert answer.status == 200
        assert await answer.json() == {"who": "a/b", "size": 3, "colour": "red", "name": None}
        answer = await client.get(f"{prefix}/look?size=4&colour=blue&loud=TRUE&rand=0.3")
        assert await answer.json() == [4, "blue", True]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({}, "'size' is missing"),
        ({"size": "3"}, "'size' must be a whole number, not '3'"),
        ({"size": True}, "'size' must be a whole number, not True"),
        ({"size": 10}, "'size' must be at most 9, not 10"),
        ({"size": 3, "colour": ["red"]}, "'colour' must be red or blue, not a list"),
        ({"size": 3, "loud": 1}, "'loud' must be true or false, not 1"),
        ([], "the body must be an object, not a list"),
        (None, "the body must be an object, not null"),
    ],
)
async def test_input_of_the_wrong_shape_is_named(
    tmp_path: Path, body: object, complaint: str
) -> None:
    async with running(services_in(tmp_path), MORE) as client:
        answer = await client.post("/wish/me", json=body)
        assert answer.status == 400
        assert complaint in (await error_of(answer))["message"]


async def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    async with running(services_in(tmp_path), MORE) as client:
        answer = await client.get("/look?size=many&colour=green&loud=perhaps")
        message = (await error_of(answer))["message"]
        assert "'size'" in message
        assert "'colour'" in message
        assert "'loud'" in message


async def test_a_body_may_be_left_out_where_it_may_be_null(tmp_path: Path) -> None:
    async with running(services_in(tmp_path), MORE) as client:
        assert (await client.post("/free")).status == 200
        assert (await client.post("/free", json=None)).status == 200
        assert (await client.post("/free", json={"size": 1})).status == 200
        assert (await client.post("/free", json={})).status == 400


async def test_a_mistake_of_ours_is_told_without_its_traceback(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(services_in(tmp_path), MORE) as client:
        answer = await client.get("/broken")
        assert answer.status == 500
        assert "secret" not in await answer.text()
        assert (await error_of(answer))["type"] == "internal_error"
    assert "the secret inside" in caplog.text


async def test_what_is_not_there_is_said_in_the_envelope(tmp_path: Path) -> None:
    async with running(services_in(tmp_path), MORE) as client:
        answer = await client.get("/nothing/here")
        assert answer.status == 404
        assert "/nothing/here" in (await error_of(answer))["message"]
        answer = await client.delete("/look")
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET,HEAD"
        assert (await error_of(answer))["type"] == "method_not_allowed"


async def test_head_answers_like_get_without_a_body(tmp_path: Path) -> None:
    async with running(services_in(tmp_path)) as client:
        answer = await client.head("/openapi.json")
        assert answer.status == 200
        assert not await answer.read()


def test_the_document_tells_parameters_bodies_and_answers() -> None:
    made = document(MORE, "1.2")
    assert made["openapi"] == "3.1.0"
    paths = made["paths"]
    assert isinstance(paths, dict)
    assert paths["/wish/{who}"] == {
        "post": {
            "summary": "Wish for something.",
            "operationId": "wish",
            "parameters": [
                {"name": "who", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}},
            },
            "responses": {
                "200": {
                    "description": "Done.",
                    "content": {
                        "application/json": {
                            "schema": {"type": "object", "additionalProperties": {}}
                        }
                    },
                },
                "default": {
                    "description": "Something is wrong with the request.",
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Error"}}
                    },
                },
            },
        }
    }
    assert isinstance(paths["/look"], dict)
    look_query: Any = paths["/look"]["get"]
    assert look_query["parameters"][0] == {
        "name": "size",
        "in": "query",
        "required": True,
        "schema": {"type": "integer", "minimum": 1, "maximum": 9},
    }


def test_every_route_says_what_it_does_and_no_two_are_called_the_same() -> None:
    assert all(route.summary.endswith(".") for route in ROUTES)
    names = [route.handler.__name__ for route in ROUTES]
    assert len(names) == len(set(names))


async def test_the_document_and_the_page_that_shows_it_come_from_here(tmp_path: Path) -> None:
    async with running(services_in(tmp_path)) as client:
        answer = await client.get("/openapi.json")
        assert set(await answer.json()) >= {"openapi", "info", "paths", "components"}
        again = await client.get("/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status == 304
        page = await (await client.get("/docs")).text()
        assert "<script src=" in page
        assert "http" not in page.replace("HTTP", "")
        for name in ("docs.js", "pages.css", "sign_in.js", "sign_in.html"):
            assert (await client.get(f"/pages/{name}")).status == 200
        assert (await client.get("/pages/..%2Fapplication.py")).status == 404
