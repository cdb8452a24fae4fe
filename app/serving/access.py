"""Whom a server lets in: the token, the names it is called by, TLS."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import InputError
from web.guards.hosts import Hosts, host_name
from web.guards.security import Security
from web.guards.tokens import new_token
from web.server import tls_context

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from app.serving.wishes import Wishes

_SHORTEST = 8


@dataclass(frozen=True)
class Access:
    """What was made of the wishes.

    Attributes:
        security: What the routes go by.
        tls: What makes it HTTPS, if it is to be.
        made: Whether the token was made up now, so that nobody knows it yet.
    """

    security: Security
    tls: ssl.SSLContext | None
    made: bool

    @property
    def scheme(self) -> str:
        """What addresses begin with."""
        return "https" if self.tls else "http"


def grant(wishes: Wishes) -> Access:
    """Decide whom to let in.

    Raises:
        InputError: The token, its file or a name is no good.
        CannotListenError: The files for TLS are no good.
    """
    for name in wishes.allowed_hosts:
        if host_name(name) != name.lower():
            raise InputError(f"--allow-host {name}: a host's name is expected, without port")
    given, made = _token(wishes)
    tls = _tls(wishes)
    hosts = Hosts.of(wishes.allowed_hosts, any_address=not wishes.local)
    return Access(Security(hosts, given, tls is not None), tls, made)


def _token(wishes: Wishes) -> tuple[str, bool]:
    """The token, empty for none, and whether it was made now."""
    if wishes.no_token:
        if wishes.token or wishes.token_file:
            raise InputError("--no-token does not go with --token or --token-file")
        return "", False
    if wishes.token and wishes.token_file:
        raise InputError("the token is given twice: use --token or --token-file")
    if wishes.token_file is not None:
        return _from_file(wishes.token_file), False
    if wishes.token:
        return _checked(wishes.token, "--token"), False
    return ("", False) if wishes.local else (new_token(), True)


def _from_file(path: Path) -> str:
    """Read the token, or make one and its file, which only this user can read."""
    try:
        return _checked(path.read_text(encoding="utf-8").strip(), f"--token-file {path}")
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"--token-file {path} cannot be read: {reason}") from error
    token = new_token()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{token}\n")
    except OSError as error:
        raise InputError(f"--token-file {path} cannot be made: {error.strerror}") from error
    return token


def _checked(token: str, option: str) -> str:
    """Refuse what could not travel in a header, or be guessed."""
    if len(token) < _SHORTEST or not token.isascii() or not token.isprintable() or " " in token:
        raise InputError(
            f"{option}: at least {_SHORTEST} letters, digits or signs are expected, without spaces"
        )
    return token


def _tls(wishes: Wishes) -> ssl.SSLContext | None:
    key, certificate = wishes.tls_key, wishes.tls_certificate
    if key is None and certificate is None:
        return None
    if key is None or certificate is None:
        raise InputError("--tls-keyfile and --tls-certfile go together: give both, or neither")
    return tls_context(certificate, key)
