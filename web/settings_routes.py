"""The user's settings, and the one user there is."""

from __future__ import annotations

import asyncio
from typing import Literal, TypedDict

from aiohttp import web

from web.answers import json_answer
from web.declared.route import get, post
from web.errors import WebError, bad_request, too_large
from web.services import SERVICES

_LONGEST_NAME = 256
_MOST = 10_000


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
    return {**await asyncio.to_thread(request.app[SERVICES].settings.all)}


@get("/settings/{name}")
async def setting(request: web.Request, name: str) -> object:
    """Return a setting; null if it was never set."""
    found = await asyncio.to_thread(request.app[SERVICES].settings.all)
    return json_answer(found.get(name))


@post("/settings")
async def set_settings(request: web.Request, body: dict[str, object]) -> None:
    """Set some settings, and keep the others."""
    await _merge(request, body)


@post("/settings/{name}")
async def set_setting(request: web.Request, name: str, body: object) -> None:
    """Set one setting to any JSON value."""
    await _merge(request, {name: body})


async def _merge(request: web.Request, changes: dict[str, object]) -> None:
    if any(not name or len(name) > _LONGEST_NAME for name in changes):
        raise bad_request(f"a setting's name has 1 to {_LONGEST_NAME} characters")
    store = request.app[SERVICES].settings
    known = await asyncio.to_thread(store.all)
    if len({*known, *changes}) > _MOST:
        raise too_large(f"there would be more than {_MOST} settings; no more are kept")
    try:
        await asyncio.to_thread(store.merge, changes)  # type: ignore[arg-type]  # parsed JSON
    except OSError as error:
        raise WebError(
            507, "cannot_write", f"the settings cannot be written: {error.strerror}"
        ) from error
