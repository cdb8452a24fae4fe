"""A route is a function whose signature says what it takes and gives.

    @get("/models/{folder}", errors={404: "there is no such kind of model"})
    async def models_of(request: web.Request, folder: str) -> list[str]:
        \"\"\"List the models of a kind.\"\"\"

A parameter that the path names is text out of the path; `query` is a dataclass that is read from
the query; `body` is a type that is read from the JSON body. What the function returns is sent as
JSON; None is an empty answer; an answer of its own goes out as it is. The first line of the
docstring is the summary.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias, get_type_hints

from aiohttp import web

from web.answers import empty_answer, json_answer
from web.bodies import read_json
from web.declared.readers import json_reader, text_reader
from web.errors import bad_request

Handler: TypeAlias = Callable[..., Awaitable[Any]]
Served: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
_PLACE = re.compile(r"{(\w+)(?::[^}]*)?}")


@dataclass(frozen=True, slots=True)
class Route:
    """One declared route.

    Attributes:
        method: `GET`, `POST`, …
        path: As aiohttp writes it, below the root.
        handler: What answers.
        errors: What the route's own error answers mean, by status.
        mirrored: Whether it is also served below `/api`.
        media: What it answers with, if that is not JSON.
        takes: What its body is, if that is not JSON.
        private: Whether the token is asked for where there is one.
        hints: The handler's types.
    """

    method: str
    path: str
    handler: Handler
    errors: Mapping[int, str]
    mirrored: bool = True
    media: str = "application/json"
    takes: str = ""
    private: bool = True
    hints: Mapping[str, Any] = field(default_factory=dict)

    @property
    def places(self) -> tuple[str, ...]:
        """The names that the path holds."""
        return tuple(_PLACE.findall(self.path))

    @property
    def summary(self) -> str:
        """What it does, in one sentence."""
        return (inspect.getdoc(self.handler) or "").partition("\n")[0]

    def served(self) -> Served:
        """Return what aiohttp is to call."""
        readers = {"query": text_reader, "body": json_reader}
        made = {
            name: make(self.hints[name]) for name, make in readers.items() if name in self.hints
        }
        query, body = made.get("query"), made.get("body")
        places = [(name, text_reader(self.hints.get(name, str))) for name in self.places]

        async def serve(request: web.Request) -> web.StreamResponse:
            complaints: list[str] = []
            given: dict[str, object] = {
                name: read(request.match_info[name], f"'{name}'", complaints.append)
                for name, read in places
            }
            if query is not None:
                given["query"] = query(request.query, "the query", complaints.append)
            if body is not None:
                given["body"] = body(await read_json(request), "the body", complaints.append)
            if complaints:
                details = "; ".join(complaints[:20])
                raise bad_request(f"the request cannot be understood: {details}", details)
            return _answer(await self.handler(request, **given))

        return serve


def route(
    method: str,
    path: str,
    *,
    errors: Mapping[int, str] | None = None,
    **more: Any,  # noqa: ANN401
) -> Callable[[Handler], Route]:
    """Declare a function as a route; the arguments are those of `Route`."""

    def declare(handler: Handler) -> Route:
        hints = get_type_hints(handler, include_extras=True)
        return Route(method, path, handler, errors or {}, hints=hints, **more)

    return declare


get = partial(route, "GET")
post = partial(route, "POST")
patch = partial(route, "PATCH")
put = partial(route, "PUT")
delete = partial(route, "DELETE")


def _answer(result: object) -> web.StreamResponse:
    if isinstance(result, web.StreamResponse):
        return result
    return empty_answer() if result is None else json_answer(result)
