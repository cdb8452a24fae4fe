"""The sign-in page: where a browser shows the token once and gets a cookie for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import parse_qs, quote

from aiohttp import web

from web.bodies import read_bytes
from web.declared.route import get, post
from web.errors import WebError, bad_request
from web.guards.gate import DOORKEEPER, SECURITY, SIGN_IN, try_token
from web.guards.tokens import COOKIE, COOKIE_SECONDS
from web.page_routes import page

_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class SignInQuery:
    """Where a browser wanted to go."""

    next: str = "/"


@get(SIGN_IN, mirrored=False, media="text/html", private=False)
async def sign_in_page(_request: web.Request) -> web.Response:
    """Show the page that asks for the token."""
    return page("sign_in.html")


@post(
    SIGN_IN,
    mirrored=False,
    private=False,
    takes="application/x-www-form-urlencoded",
    errors={303: "signed in; on to where the browser wanted to go", 401: "the token is wrong"},
)
async def sign_in(request: web.Request, query: SignInQuery) -> web.Response:
    """Trade the token for a cookie."""
    token = _token(await read_bytes(request, _LONGEST), request.content_type)
    doorkeeper = request.app[DOORKEEPER]
    try:
        if doorkeeper.asks:
            try_token(request, doorkeeper, token)
    except WebError as error:
        if "text/html" not in request.headers.get("Accept", ""):
            raise
        failed = "wait" if error.status == 429 else "wrong"
        target = f"{SIGN_IN}?failed={failed}&next={quote(local(query.next), safe='/')}"
        return web.Response(status=303, headers={"Location": target})
    answer = web.Response(status=303, headers={"Location": local(query.next)})
    if doorkeeper.asks:
        answer.set_cookie(
            COOKIE,
            doorkeeper.cookie(),
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="Strict",
            secure=request.app[SECURITY].tls,
        )
    return answer


def local(target: str) -> str:
    r"""Return where to go if it is here, and the start if it is elsewhere.

    Browsers take `//host` and `/\host` for another site, and leave out tabs and line ends.
    """
    here = target.startswith("/") and target[1:2] not in ("/", "\\")
    plain = target.isprintable() and target.isascii() and "\\" not in target
    return target if here and plain else "/"


def _token(raw: bytes, content_type: str) -> str:
    try:
        if content_type == "application/json":
            body = json.loads(raw)
            found = body.get("token") if isinstance(body, dict) else None
        else:
            found = parse_qs(raw.decode(), max_num_fields=10).get("token", [None])[0]
    except (ValueError, RecursionError) as error:
        raise bad_request("the form cannot be read") from error
    if not isinstance(found, str):
        raise bad_request("the form has no 'token'")
    return found
