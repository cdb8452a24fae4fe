"""What a server was told on its command line, apart from what every run is told."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PORT = 8188
LOOPBACK = "127.0.0.1"
UPLOAD = 100.0
HISTORY = 10_000


@dataclass(frozen=True)
class Wishes:
    """Where to listen, whom to let in, how much to say.

    Attributes:
        hosts: Addresses to listen on.
        port: 0 for any that is free.
        token: What clients must show; empty for one that is made where one is needed.
        token_file: Holds it; made where there is none.
        no_token: Whether nobody is asked for one, wherever the server listens.
        allowed_hosts: Names under which the server may be called, besides this machine's own.
        tls_key: The private key for HTTPS.
        tls_certificate: The certificate for HTTPS.
        upload: Megabytes of the largest upload.
        history: How many jobs that ended are remembered; None for all.
        auto_launch: Whether to open a browser.
        previews_for_all: Whether clients get previews that did not say that they can read them.
        log_level: The least that is worth a line: `DEBUG`, `INFO`, …
        ignored: Options of ComfyUI that mean nothing here.
    """

    hosts: tuple[str, ...] = (LOOPBACK,)
    port: int = PORT
    token: str = ""
    token_file: Path | None = None
    no_token: bool = False
    allowed_hosts: tuple[str, ...] = ()
    tls_key: Path | None = None
    tls_certificate: Path | None = None
    upload: float = UPLOAD
    history: int | None = HISTORY
    auto_launch: bool = False
    previews_for_all: bool = False
    log_level: str = "INFO"
    ignored: tuple[str, ...] = ()

    @property
    def local(self) -> bool:
        """Whether only this machine can reach the server."""
        return all(map(_is_loopback, self.hosts))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
