"""What the server was told about whom to let in."""

from __future__ import annotations

from dataclasses import dataclass, field

from web.guards.hosts import Hosts


@dataclass(frozen=True, slots=True)
class Security:
    """Whom to let in.

    Attributes:
        hosts: Names under which the server may be called.
        token: What clients must show; nothing if empty.
        tls: Whether the server speaks TLS, so that cookies need never travel in the open.
    """

    hosts: Hosts = field(default_factory=Hosts)
    token: str = ""
    tls: bool = False
