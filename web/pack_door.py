"""The way to the routes that node packs add, in the worker's process: HTTP over our own socket."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, UnixConnector

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECRET = "X-Safelight-Door"  # noqa: S105 - a header's name
_OURS = ("User-Agent", "Accept", "Accept-Encoding")


@dataclass(frozen=True, slots=True)
class Door:
    """Where a worker answers for its packs.

    Attributes:
        secret: What it asks for.
        path: The socket's name; empty if it is a port.
        port: On this machine.
    """

    secret: str
    path: str = ""
    port: int = 0

    @classmethod
    def told(cls, about: Mapping[str, Any] | None) -> Door | None:
        """Return what a worker said of itself as a door; None where it has none."""
        door = (about or {}).get("door")
        if not isinstance(door, dict):
            return None
        return cls(str(door["secret"]), str(door.get("path", "")), int(door.get("port", 0)))

    def clear_away(self) -> None:
        """Remove what a worker that was killed left behind."""
        if self.path:
            with suppress(OSError):
                Path(self.path).unlink(missing_ok=True)
                Path(self.path).parent.rmdir()

    def session(self) -> ClientSession:
        """Make a client of what is behind it, without limits of time: packs may take theirs."""
        return ClientSession(
            f"http://127.0.0.1:{self.port or 80}",
            # Those that stay open would keep others out where their number is limited.
            connector=UnixConnector(self.path, limit=0) if self.path else TCPConnector(limit=0),
            headers={_SECRET: self.secret},
            skip_auto_headers=_OURS,
            cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(total=None, sock_connect=10.0),
            auto_decompress=False,
        )
