"""The server's own small pages, apart from the editor: signing in, and the interface's document."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from aiohttp import web

from web.declared.route import get
from web.encoded import Encoded
from web.errors import not_found

OPENAPI: web.AppKey[Encoded] = web.AppKey("OPENAPI", Encoded)
_FOLDER = Path(__file__).parent / "pages"
_MEDIA = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


@get("/docs", mirrored=False, media="text/html")
async def docs(_request: web.Request) -> web.Response:
    """Show every route on a page."""
    return page("docs.html")


@get("/openapi.json", media="application/json")
async def openapi(request: web.Request) -> web.StreamResponse:
    """Describe every route as an OpenAPI 3.1 document."""
    return request.app[OPENAPI].answer(request)


@get("/pages/{name}", mirrored=False, media="text/css", private=False)
async def page_file(_request: web.Request, name: str) -> web.Response:
    """Give what the server's own pages are made of."""
    if name not in _pages():
        raise not_found(f"there is no page {name[:80]!r}")
    return page(name)


def names() -> tuple[str, ...]:
    """Return the names of the pages' files."""
    return tuple(_pages())


def page(name: str) -> web.Response:
    """Answer with one of the pages."""
    media = _MEDIA[Path(name).suffix]
    return web.Response(body=_pages()[name], content_type=media, charset="utf-8")


@cache
def _pages() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in _FOLDER.iterdir() if path.suffix in _MEDIA}
