"""The user's settings, and the one user there is."""

from __future__ import annotations

from typing import Literal, TypedDict

from aiohttp import web

from web.answers import json_answer
from web.declared.route import get, post
from web.errors import bad_request
from web.services import SERVICES
from web.shelves import asked, keep

_LONGEST_NAME = 256


class Users(TypedDict):
    """Where settings are kept, and whether they have been taken over from the browser."""

    storage: Literal["server"]
    migrated: bool


@get("/users")
async def users(_request: web.Request) -> Users:
    """Tell that the server keeps settings, of one user."""
    return {"storage": "server", "migrated": True}


@post("/users", errors={400: "there is one user only"})
async def add_user(_request: web.Request) -> None:
    """Refuse to add a user: there is one."""
    raise bad_request("this server has one user; start another one for another", type_="one_user")


@get("/settings")
async def settings(request: web.Request) -> dict[str, object]:
    """Return all settings."""
    return {**await asked(request.app[SERVICES].settings.all)}


@get("/settings/{name}")
async def setting(request: web.Request, name: str) -> object:
    """Return a setting; null if it was never set."""
    shelf = request.app[SERVICES].settings
    return json_answer(await asked(lambda: shelf.get(name)))


@post("/settings")
async def set_settings(request: web.Request, body: dict[str, object]) -> None:
    """Set some settings, and keep the others."""
    await _merge(request, body)


@post("/settings/{name}")
async def set_setting(request: web.Request, name: str, body: object) -> None:
    """Set one setting to any JSON value."""
    await _merge(request, {name: body})


async def _merge(request: web.Request, changes: dict[str, object]) -> None:
    await keep(request.app[SERVICES].settings, changes, "a setting's name", _LONGEST_NAME)
