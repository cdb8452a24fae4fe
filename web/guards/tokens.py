"""The token that a client shows where the server listens beyond this machine.

Programs send `Authorization: Bearer TOKEN`. A browser sends a cookie, which it gets for the token
on the sign-in page. The cookie is not the token but a time and its signature with the token, since
a browser sends cookies to every port of a host.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from typing import TYPE_CHECKING

from web.guards.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Callable

COOKIE = "safelight_session"
COOKIE_SECONDS = 30 * 24 * 3600
_PURPOSE = b"safelight session "


def new_token() -> str:
    """Make a token that nobody can guess."""
    return secrets.token_urlsafe(32)


class Doorkeeper:
    """Knows the token, and who guessed wrong.

    Args:
        token: What is asked for; nothing is asked for if it is empty.
        clock: Seconds since the epoch.
    """

    def __init__(self, token: str, clock: Callable[[], float] = time.time) -> None:
        self._token = token.encode()
        self._clock = clock
        self.throttle = Throttle(clock)

    @property
    def asks(self) -> bool:
        """Whether a token is asked for at all."""
        return bool(self._token)

    def knows(self, token: str) -> bool:
        """Compare a token with the right one, in a time that says nothing about it."""
        given = token.encode("utf-8", "surrogateescape")
        return self.asks and hmac.compare_digest(given, self._token)

    def cookie(self) -> str:
        """Make a cookie's value for a browser that has shown the token."""
        until = str(int(self._clock()) + COOKIE_SECONDS)
        return f"{until}.{self._sign(until)}"

    def knows_cookie(self, value: str) -> bool:
        """Whether a cookie is one of ours, and not too old."""
        until, _, signature = value.partition(".")
        if not (until.isascii() and until.isdigit()) or len(until) > 12:
            return False
        genuine = hmac.compare_digest(
            signature.encode("utf-8", "replace"), self._sign(until).encode()
        )
        return genuine and int(until) > self._clock()

    def _sign(self, until: str) -> str:
        return hmac.new(self._token, _PURPOSE + until.encode(), hashlib.sha256).hexdigest()
