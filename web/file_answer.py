"""Answers with a file that is open already: conditional, in ranges, inert.

The file is opened before its size and time are looked at, and read through that one handle, so that
what was checked is what is sent.
"""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from web.file_kinds import HEAD, kind_of
from web.guards.headers import INERT, add_headers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

_BLOCK = 2**18
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


@dataclass(frozen=True, slots=True)
class Version:
    """A content by how it looks from outside.

    Attributes:
        tag: Another one means another content.
        changed: When, in seconds since the epoch.
    """

    tag: str
    changed: float

    @classmethod
    def of(cls, file: BinaryIO, more: str = "") -> Version:
        """Look at an open file; `more` says what is made of it."""
        status = os.fstat(file.fileno())
        return cls(f"{status.st_mtime_ns:x}-{status.st_size:x}{more}", status.st_mtime)

    def headers(self) -> dict[str, str]:
        """Return what tells it to clients."""
        return {
            "ETag": f'"{self.tag}"',
            "Last-Modified": formatdate(int(self.changed), usegmt=True),
        }

    def known_to(self, request: web.Request) -> bool:
        """Whether the client has this very content."""
        tags = request.if_none_match
        if tags is not None:
            return any(tag.value in (self.tag, "*") for tag in tags)
        since = request.if_modified_since
        return since is not None and int(self.changed) <= since.timestamp()


async def answer_file(
    request: web.Request, file: BinaryIO, name: str, headers: Mapping[str, str] | None = None
) -> web.StreamResponse:
    """Send a file, or the part of it that was asked for, and close it.

    Args:
        request: What is answered.
        file: The file, opened.
        name: What it is called.
        headers: What is sent besides.
    """
    with file:
        version = Version.of(file)
        told = {**INERT, **version.headers(), "Accept-Ranges": "bytes", **(headers or {})}
        if version.known_to(request):
            return web.Response(status=304, headers=told)
        size = os.fstat(file.fileno()).st_size
        span = _span(request, version, size)
        if span is None:
            return web.Response(status=416, headers={**told, "Content-Range": f"bytes */{size}"})
        kind = kind_of(file.read(HEAD), name)
        told = {
            "Content-Type": kind.media + ("; charset=utf-8" if "text/" in kind.media else ""),
            "Content-Disposition": disposition(name, inline=kind.shown),
            **told,
        }
        status = 200
        if len(span) < size:
            status = 206
            told["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
        return await _send(request, file, span, web.StreamResponse(status=status, headers=told))


def disposition(name: str, *, inline: bool) -> str:
    """Return the header that says what a file is called and whether to show it."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    encoded = quote(name.encode("utf-8", "replace"), safe="")
    return (
        f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
    )


async def _send(
    request: web.Request, file: BinaryIO, span: range, response: web.StreamResponse
) -> web.StreamResponse:
    add_headers(response)
    response.content_length = len(span)
    await response.prepare(request)
    if request.method != "HEAD":
        file.seek(span.start)
        left = len(span)
        while left:
            block = await asyncio.to_thread(file.read, min(left, _BLOCK))
            if not block:  # it was cut short meanwhile; the length that was promised cannot be kept
                raise ConnectionResetError
            left -= len(block)
            await response.write(block)
    await response.write_eof()
    return response


def _span(request: web.Request, version: Version, size: int) -> range | None:
    """Return which bytes are asked for; None if there are none such.

    Several ranges at once, and what is no range, mean the whole file, as RFC 9110 allows.
    """
    match = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if match is None or not (match[1] or match[2]) or not _if_range(request, version):
        return range(size)
    if not match[1]:
        tail = min(int(match[2]), size)
        return range(size - tail, size) if tail else None
    first = int(match[1])
    last = int(match[2]) if match[2] else size - 1
    if first >= size:
        return None
    return range(first, min(last, size - 1) + 1) if last >= first else range(size)


def _if_range(request: web.Request, version: Version) -> bool:
    """Whether the part that the client has already belongs to this content."""
    wanted = request.headers.get("If-Range")
    if wanted is None:
        return True
    if wanted.startswith('"'):
        return wanted == f'"{version.tag}"'
    try:
        return int(version.changed) == int(parsedate_to_datetime(wanted).timestamp())
    except (ValueError, TypeError, OverflowError):
        return False
