"""The Origin header: pages of other sites must not change anything here, or listen.

Browsers say where a request comes from, and pages cannot make them lie. Whoever is no browser says
nothing and is let through: a program that runs on this machine needs no page to do harm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from web.guards.hosts import authority

if TYPE_CHECKING:
    from collections.abc import Mapping

HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN = frozenset({"same-origin", "none"})


def same_origin(headers: Mapping[str, str], host: str) -> bool:
    """Whether a request comes from a page of this server, or from no page.

    Args:
        headers: Of the request.
        host: Its Host header.
    """
    if headers.get("Sec-Fetch-Site", "none").lower() not in _OWN:
        return False
    origin = headers.get("Origin")
    if origin is None:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or parts.path or parts.query or parts.fragment:
        return False
    ours = authority(host, parts.scheme)
    return bool(ours) and authority(parts.netloc, parts.scheme) == ours


def needs_own_origin(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request could change something, or opens a channel that is not for others."""
    return method not in HARMLESS or headers.get("Upgrade", "").lower() == "websocket"
