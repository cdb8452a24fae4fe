"""The editor's files, as they are but for comments: `/` is its page, `/editor/…` its parts.

The page names its files by whole paths, `/editor/main.js`, since it is shown at `/`; modules name
each other by relative ones. All that are needed at first are named in the page's head, so that the
browser asks for them at once and not after it has read those that import them; with low priority,
since hundreds of them would hold up the styles that the first paint needs.
"""

from __future__ import annotations

import asyncio
import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from graph.files import FileStamp
from web.declared.route import get
from web.encoded import Encoded
from web.errors import WebError, not_found
from web.paths import PathRefusedError, Place

EDITOR = Path(__file__).parent / "editor"
_PAGE = "index.html"
_START = "main.js"
_IMPORT = re.compile(rb"""^\s*(?:import|export|})[^;'"()]*['"](\.[^'"]+)['"]""", re.MULTILINE)
_REMARK = re.compile(rb"^[ \t]*(?:/\*(?:[^*]|\*(?!/))*\*/|//.*)[ \t]*$", re.MULTILINE)
_MEDIA = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".png": "image/png",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


@dataclass(slots=True)
class _Kept:
    """A file as it was last read."""

    stamp: FileStamp
    encoded: Encoded
    imports: tuple[str, ...] = ()


class EditorFiles:
    """The editor's files, compressed when they are first asked for and after each change.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path = EDITOR) -> None:
        self._place = Place(folder)
        self._kept: dict[Path, _Kept] = {}
        self._page = (b"", b"", Encoded.of(b"", "text/html"))

    def page(self) -> Encoded:
        """Return the editor's page, which names every module that its first one imports."""
        page = self.get(_PAGE)
        links = "".join(
            f'<link rel="modulepreload" fetchpriority="low" href="/editor/{name}">\n'
            for name in self._modules()
        ).encode()
        plain, named, made = self._page
        if (plain, named) == (page.plain, links):
            return made
        made = Encoded.of(page.plain.replace(b"</head>", links + b"</head>", 1), page.media)
        self._page = (page.plain, links, made)
        return made

    def _modules(self) -> list[str]:
        """The modules that the first one imports, and those that they import."""
        found: dict[str, None] = {}
        waiting = [_START]
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            try:
                imports = self._get(name).imports
            except WebError:  # the browser will tell whoever wrote it
                continue
            found[name] = None
            folder = posixpath.dirname(name)
            waiting += [posixpath.normpath(posixpath.join(folder, path)) for path in imports]
        return list(found)

    def get(self, name: str) -> Encoded:
        """Return a file; from any thread.

        Raises:
            WebError: There is none of that name, or of another kind.
        """
        return self._get(name).encoded

    def _get(self, name: str) -> _Kept:
        absent = not_found(f"the editor has no file {name[:200]!r}")
        try:
            path = self._place.resolve(name)
        except PathRefusedError as error:
            raise absent from error
        media = _MEDIA.get(path.suffix)
        stamp = FileStamp.of(path)
        if media is None or stamp.size < 0:
            raise absent
        kept = self._kept.get(path)
        if kept is None or kept.stamp != stamp:
            try:
                with self._place.open(path) as file:
                    plain = file.read()
                kept = _read(plain, stamp, media)
            except OSError as error:
                raise absent from error
            self._kept[path] = kept
        return kept


def _read(plain: bytes, stamp: FileStamp, media: str) -> _Kept:
    if media != "text/javascript":
        return _Kept(stamp, Encoded.of(plain, media))
    lean = _lean(plain)
    imports = tuple(match[1].decode() for match in _IMPORT.finditer(lean))
    return _Kept(stamp, Encoded.of(lean, media), imports)


def _lean(source: bytes) -> bytes:
    """Leave out comments that have lines of their own: a quarter of what goes over the wire.

    The lines stay, so that errors name the line that is in the file.
    """
    return _REMARK.sub(lambda found: b"\n" * found[0].count(b"\n"), source)


FILES: web.AppKey[EditorFiles] = web.AppKey("FILES", EditorFiles)


@get("/", mirrored=False, media="text/html")
async def editor(request: web.Request) -> web.StreamResponse:
    """Show the editor."""
    page = await asyncio.to_thread(request.app[FILES].page)
    return page.answer(request)


@get("/editor/{path:.+}", mirrored=False, media="text/javascript")
async def editor_file(request: web.Request, path: str) -> web.StreamResponse:
    """Give what the editor is made of."""
    found = await asyncio.to_thread(request.app[FILES].get, path)
    return found.answer(request)
