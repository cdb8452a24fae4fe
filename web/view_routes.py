"""Pictures and other files out of the input, output and temp folders."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from aiohttp import web

from web import pictures
from web.declared.readers import Doc
from web.declared.route import get
from web.errors import bad_request
from web.file_answer import Version, answer_file, disposition
from web.guards.headers import INERT
from web.places import Type, open_named

if TYPE_CHECKING:
    from typing import BinaryIO

_PREVIEW = re.compile(r"(?P<format>[a-z]+)(?:;(?P<quality>\d{1,3}))?")


@dataclass(frozen=True, slots=True)
class ViewQuery:
    """Which file to show, and how."""

    filename: Annotated[str, Doc("may end in ' [output]', ' [input]' or ' [temp]'")]
    type: Type = "output"
    subfolder: str = ""
    preview: Annotated[str | None, Doc("webp;QUALITY or jpeg;QUALITY, to have it smaller")] = None
    channel: Literal["rgba", "rgb", "a"] = "rgba"


@get(
    "/view",
    media="application/octet-stream",
    errors={
        206: "the range that was asked for",
        304: "it is as the client has it",
        403: "the folder leads out",
        404: "there is no such file",
        416: "there is no such range",
    },
)
async def view(request: web.Request, query: ViewQuery) -> web.StreamResponse:
    """Show a file.

    Pictures, sounds, films and plain text are shown as what they are by their content; everything
    else is handed over to be saved.
    """
    file = await asyncio.to_thread(open_named, request, query.filename, query.subfolder, query.type)
    if query.preview is None and query.channel == "rgba":
        return await answer_file(request, file, query.filename)
    with file:
        return await _made(request, file, query)


async def _made(request: web.Request, file: BinaryIO, query: ViewQuery) -> web.Response:
    """Answer with a picture that is made of the file."""
    format_, quality = _preview(query.preview) if query.preview else ("png", 0)
    version = Version.of(file, f"-{format_}{quality}-{query.channel}")
    shown = disposition(query.filename, inline=True)
    headers = {**INERT, **version.headers(), "Content-Disposition": shown}
    if version.known_to(request):
        return web.Response(status=304, headers=headers)

    def make(pixels: int) -> bytes:
        if query.preview:
            return pictures.preview(file, format_, quality, query.channel, pixels)
        return pictures.only(file, "a" if query.channel == "a" else "rgb", pixels)

    body = await request.app[pictures.STUDIO].work(make)
    return web.Response(body=body, content_type=f"image/{format_}", headers=headers)


def _preview(wanted: str) -> tuple[str, int]:
    """Return format and quality."""
    match = _PREVIEW.fullmatch(wanted)
    if match is None:
        raise bad_request("'preview' must be a format and a quality, 'webp;90' for instance")
    # ComfyUI, too, makes WebP of what it does not know.
    format_ = match["format"] if match["format"] == "jpeg" else "webp"
    return format_, max(1, min(100, int(match["quality"] or 90)))
