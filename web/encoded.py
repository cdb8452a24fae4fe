"""Answers that are encoded and compressed once and sent many times, with an ETag."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass

from aiohttp import web

from web.answers import encode

_LEAST = 1024
_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))")


@dataclass(frozen=True, slots=True)
class Encoded:
    """A body, ready to be sent.

    Attributes:
        plain: The body.
        packed: The same compressed; empty if that is not worth it.
        tag: Its ETag, without quotation marks.
        media: Its content type.
    """

    plain: bytes
    packed: bytes
    tag: str
    media: str

    @classmethod
    def of(cls, plain: bytes, media: str = "application/json") -> Encoded:
        """Compress a body and tag it."""
        packed = gzip.compress(plain, 6, mtime=0) if len(plain) >= _LEAST else b""
        return cls(plain, packed, hashlib.sha256(plain).hexdigest()[:32], media)

    @classmethod
    def json(cls, value: object) -> Encoded:
        """Encode a value."""
        return cls.of(encode(value))

    def answer(self, request: web.Request) -> web.Response:
        """Answer a request: nothing new, compressed, or as it is."""
        known = request.if_none_match or ()
        if any(tag.value in (self.tag, "*") for tag in known):
            return web.Response(status=304, headers=self._headers())
        headers = self._headers()
        body = self.plain
        if self.packed and _GZIP.search(request.headers.get("Accept-Encoding", "").lower()):
            body = self.packed
            headers["Content-Encoding"] = "gzip"
        charset = "utf-8" if self.media.startswith("text/") else None
        return web.Response(body=body, content_type=self.media, charset=charset, headers=headers)

    def _headers(self) -> dict[str, str]:
        # Weak, since the compressed and the plain bytes share it.
        return {"ETag": f'W/"{self.tag}"', "Vary": "Accept-Encoding"}
