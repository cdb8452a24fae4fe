"""Drafts: unsaved workflows that survive the browser, and the server.

What a draft holds is the editor's affair; here it is an object with an id.
"""

from __future__ import annotations

from typing import Annotated, TypedDict

from aiohttp import web

from web.declared.readers import Doc
from web.declared.route import delete, get, post
from web.errors import WebError, bad_request, not_found
from web.services import SERVICES
from web.shelves import asked, is_name, keep

_LONGEST_ID = 64
_ABSENT = {404: "there is no such draft"}


class Draft(TypedDict):
    """What is told of a draft in a list."""

    id: str
    changed: Annotated[float, Doc("seconds since the epoch")]


@get("/drafts")
async def drafts(request: web.Request) -> list[Draft]:
    """List the drafts, the one that was changed last at the end."""
    known = await asked(request.app[SERVICES].drafts.changed)
    return [{"id": name, "changed": when} for name, when in known.items()]


@get("/drafts/{draft_id}", errors=_ABSENT)
async def draft(request: web.Request, draft_id: str) -> dict[str, object]:
    """Return a draft as it was sent."""
    shelf = request.app[SERVICES].drafts
    name = _named(draft_id)
    found = await asked(lambda: shelf.get(name))
    if not isinstance(found, dict):
        raise _absent(draft_id)
    return {**found}


@post("/drafts/{draft_id}", errors={413: "there are too many drafts"})
async def keep_draft(request: web.Request, draft_id: str, body: dict[str, object]) -> None:
    """Keep a draft, in the place of an earlier one of its id."""
    await keep(request.app[SERVICES].drafts, {draft_id: body}, "a draft's id", _LONGEST_ID)


@delete("/drafts/{draft_id}", errors=_ABSENT)
async def drop_draft(request: web.Request, draft_id: str) -> None:
    """Drop a draft."""
    shelf = request.app[SERVICES].drafts
    name = _named(draft_id)
    if not await asked(lambda: shelf.remove(name)):
        raise _absent(draft_id)


def _named(draft_id: str) -> str:
    if not is_name(draft_id, _LONGEST_ID):
        raise bad_request(f"a draft's id is text of 1 to {_LONGEST_ID} characters")
    return draft_id


def _absent(draft_id: str) -> WebError:
    return not_found(f"there is no draft {draft_id[:80]!r}", "unknown_draft")
