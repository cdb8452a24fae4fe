"""What browsers are told about every answer, so that nothing from here runs what it should not."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
ALWAYS = MappingProxyType(
    {
        "Content-Security-Policy": _POLICY,
        "Server": "Safelight",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
)
INERT = MappingProxyType(
    {"Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; sandbox"}
)
"""For files that users put here: whatever is in them, it may do nothing."""


def add_headers(response: web.StreamResponse) -> None:
    """Add the headers, except where the answer says something of its own."""
    if response.prepared:
        return
    headers = response.headers
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    if "Cache-Control" not in headers:
        # Kept only to be compared with: what is here changes under the same name.
        headers["Cache-Control"] = "no-cache"
