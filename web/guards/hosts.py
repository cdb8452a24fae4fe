"""The Host header: a page of another site must not reach this server under a name of its own.

DNS rebinding makes a stranger's name point to this machine, so that a browser takes the server for
the stranger's. The browser still sends the name. An address cannot be made to point elsewhere, so
where the server listens beyond this machine any address will do.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>\d{1,5}))?")
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True)
class Hosts:
    """Names under which the server may be called.

    Attributes:
        added: Those that the user allows besides this machine's own.
        any_address: Whether any IP address will do.
    """

    added: frozenset[str] = frozenset()
    any_address: bool = False

    @classmethod
    def of(cls, names: tuple[str, ...] = (), *, any_address: bool = False) -> Hosts:
        """Return what allows some names, in whatever case they were written."""
        return cls(frozenset(name.lower() for name in names), any_address)

    def allow(self, header: str) -> bool:
        """Whether a Host header, with or without a port, is one of ours."""
        name = host_name(header)
        if name is None:
            return False
        known = name in _LOCAL or name in self.added
        return known or (self.any_address and _is_address(name))


def host_name(header: str) -> str | None:
    """Return a Host header's name in lower case, without port; None if it is no host at all."""
    match = _HOST.fullmatch(header)
    return match["name"].lower() if match else None


def authority(host: str, scheme: str) -> str:
    """Return name and port in one spelling, with the scheme's own port where none is said."""
    match = _HOST.fullmatch(host)
    if match is None:
        return ""
    port = match["port"] or ("443" if scheme in ("https", "wss") else "80")
    return f"{match['name'].lower()}:{int(port)}"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
