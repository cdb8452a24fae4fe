"""What node packs bring for the editor. They are the user's own programs: shown as they are."""

from __future__ import annotations

import asyncio
import mimetypes
from typing import TYPE_CHECKING

from aiohttp import web

from web import packs as pack_files
from web.declared.route import get
from web.errors import bad_request, forbidden, not_found
from web.file_answer import answer_file
from web.guards.headers import ALWAYS
from web.paths import PathRefusedError, Place
from web.places import open_found
from web.services import SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from web.packs import Pack

_MEDIA = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".map": "application/json",
    ".woff2": "font/woff2",
}
_ABSENT = {404: "there is no such pack or file"}


@get("/extensions")
async def extensions(request: web.Request) -> list[str]:
    """List the scripts that node packs add to the editor."""
    return await asyncio.to_thread(pack_files.scripts, request.app[SERVICES].packs())


@get(
    "/extensions/{pack}/{path:.+}",
    mirrored=False,
    media="application/octet-stream",
    errors=_ABSENT,
)
async def extension_file(request: web.Request, pack: str, path: str) -> web.StreamResponse:
    """Give a file out of a pack's web directory."""
    return await _file(request, pack, path, lambda found: found.web)


@get("/workflow_templates")
async def workflow_templates(request: web.Request) -> dict[str, list[str]]:
    """List example workflows by pack."""
    packs = (pack_files.BUILT_IN, *request.app[SERVICES].packs())
    return await asyncio.to_thread(pack_files.templates, packs)


@get("/workflow_templates/{pack}/{path:.+}", media="application/json", errors=_ABSENT)
async def workflow_template(request: web.Request, pack: str, path: str) -> web.StreamResponse:
    """Give an example workflow, or the picture of one."""
    return await _file(request, pack, path, lambda found: found.templates)


@get("/i18n")
async def translations(request: web.Request) -> dict[str, object]:
    """Give the packs' texts by language."""
    return {**await asyncio.to_thread(pack_files.translations, request.app[SERVICES].packs())}


async def _file(
    request: web.Request, name: str, path: str, folder_of: Callable[[Pack], Path | None]
) -> web.StreamResponse:
    packs = (pack_files.BUILT_IN, *request.app[SERVICES].packs())
    pack = next((pack for pack in packs if pack.name == name), None)
    folder = folder_of(pack) if pack else None
    if folder is None:
        raise not_found(f"there is no node pack {name[:80]!r} with such files")
    place = Place(folder)
    try:
        found = place.resolve(path)
    except PathRefusedError as error:
        raise (forbidden if error.escapes else bad_request)(str(error), type_="bad_path") from error
    file = await asyncio.to_thread(open_found, place, found, path)
    media = _MEDIA.get(found.suffix.lower()) or mimetypes.guess_type(found.name)[0]
    headers = dict(ALWAYS)
    if media:
        headers |= {"Content-Type": media, "Content-Disposition": "inline"}
    return await answer_file(request, file, found.name, headers)
