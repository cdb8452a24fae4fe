"""The one middleware: lets requests in or not, answers errors, adds the headers.

One function rather than six, because each costs every request some microseconds.
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from aiohttp import web

from web.answers import encode
from web.errors import WebError, envelope, forbidden
from web.guards.headers import add_headers
from web.guards.origins import needs_own_origin, same_origin
from web.guards.security import Security
from web.guards.tokens import COOKIE, Doorkeeper

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

SECURITY: web.AppKey[Security] = web.AppKey("SECURITY", Security)
DOORKEEPER: web.AppKey[Doorkeeper] = web.AppKey("DOORKEEPER", Doorkeeper)
OPEN: web.AppKey[frozenset[str]] = web.AppKey("OPEN", frozenset)
"""Paths that need no token: the sign-in page and what belongs to it."""
SIGN_IN = "/sign-in"

Fallback: TypeAlias = "Callable[[web.Request], Awaitable[web.StreamResponse | None]]"
FALLBACK: web.AppKey[Fallback] = web.AppKey("FALLBACK")
"""Who is asked when there is no such route."""

_log = logging.getLogger("safelight.web")
_STATUS_TYPES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    417: "bad_expectation",
}


@web.middleware
async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Stand before every route, known or not."""
    try:
        _let_in(request)
        try:
            response = await handler(request)
        except web.HTTPNotFound:
            fallback = request.app.get(FALLBACK)
            found = await fallback(request) if fallback else None
            if found is None:
                raise
            response = found
    except WebError as error:
        response = error.answer()
    except web.HTTPException as error:
        response = _translated(request, error)
    except (ConnectionError, web.RequestPayloadError):
        raise
    except Exception:  # noqa: BLE001 - the border to the client, who is told nothing about our inside
        _log.exception("%s %s failed", request.method, request.path)
        body = envelope("internal_error", "the server made a mistake; its log says which")
        response = web.Response(status=500, body=encode(body), content_type="application/json")
    add_headers(response)
    return response


def _let_in(request: web.Request) -> None:
    """Raise unless this client may ask this.

    Raises:
        WebError: It may not.
        web.HTTPSeeOther: It is a browser that has not signed in yet.
    """
    headers, app = request.headers, request.app
    hosts = headers.getall("Host", [])
    if len(hosts) != 1 or not app[SECURITY].hosts.allow(hosts[0]):
        raise forbidden(
            "this server is not called by that name; ask for localhost, or start it with "
            "--allow-host NAME",
            "host_not_allowed",
        )
    if needs_own_origin(request.method, headers) and not same_origin(headers, hosts[0]):
        raise forbidden("pages of other sites may not do this", "origin_not_allowed")
    doorkeeper = app[DOORKEEPER]
    if doorkeeper.asks and request.path not in app[OPEN]:
        _ask_for_token(request, doorkeeper)


def _ask_for_token(request: web.Request, doorkeeper: Doorkeeper) -> None:
    cookie = request.cookies.get(COOKIE)
    if cookie is not None and doorkeeper.knows_cookie(cookie):
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        try_token(request, doorkeeper, token.strip())
        return
    if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        raise web.HTTPSeeOther(f"{SIGN_IN}?next={quote(request.path_qs, safe='/')}")
    raise _unauthorized("this server asks for a token: send 'Authorization: Bearer TOKEN'")


def try_token(request: web.Request, doorkeeper: Doorkeeper, token: str) -> None:
    """Compare a token, unless its sender guessed too often.

    Raises:
        WebError: It is wrong, or cannot be tried yet.
    """
    address = request.remote or ""
    if wait := doorkeeper.throttle.wait(address):
        seconds = math.ceil(wait)
        raise WebError(
            429,
            "too_many_guesses",
            f"too many wrong tokens came from your address; try again in {seconds} s",
            headers={"Retry-After": str(seconds)},
        )
    if not doorkeeper.knows(token):
        doorkeeper.throttle.failed(address)
        raise _unauthorized("that is not this server's token; it is printed where it was started")
    doorkeeper.throttle.succeeded(address)


def _unauthorized(message: str) -> WebError:
    return WebError(401, "unauthorized", message, headers={"WWW-Authenticate": "Bearer"})


def _translated(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    """Say what aiohttp says in our envelope; a redirection stays what it is."""
    if error.status < 400:
        return web.Response(status=error.status, headers={"Location": error.headers["Location"]})
    allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    sentence = {
        404: f"there is nothing at {request.path[:200]}",
        405: f"{request.method[:20]} is not possible here, only {allowed.get('Allow', 'others')}",
        413: "the body is larger than what is taken",
    }.get(error.status, error.reason)
    type_ = _STATUS_TYPES.get(error.status, "invalid_request")
    return WebError(error.status, type_, sentence, headers=allowed).answer()
