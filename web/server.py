"""Listens: sockets, TLS, time limits, and an answer in our words even to what is not HTTP."""

from __future__ import annotations

import errno
import logging
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from graph.errors import GraphError
from web.errors import WebError
from web.guards.access_log import AccessLog
from web.guards.headers import add_headers

if TYPE_CHECKING:
    from pathlib import Path

_IDLE = 75.0
"""Seconds that a connection may take for its next request, or to say what it wants at all."""
_LINGER = 2.0
_LEAVE = 2.0
"""Seconds that requests have to finish when the server stops."""
_BACKLOG = 512
_NO_IPV6 = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class CannotListenError(GraphError):
    """The server cannot listen where it should."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen.

    Attributes:
        hosts: Addresses; names of this machine will do.
        port: 0 for any that is free.
        tls: What makes it HTTPS, if it is to be.
        idle: Seconds that a connection may take for its next request.
    """

    hosts: tuple[str, ...] = ("127.0.0.1",)
    port: int = 8188
    tls: ssl.SSLContext | None = None
    idle: float = _IDLE


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return what makes a server one of HTTPS.

    Raises:
        CannotListenError: The files are not there, or do not belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
        raise CannotListenError(
            f"TLS cannot be set up with {certificate} and {key}: {reason}"
        ) from error
    return context


async def listen(app: web.Application, where: Listening) -> web.AppRunner:
    """Listen until the runner's `cleanup` is called; its `addresses` say where.

    Raises:
        CannotListenError: The address or port cannot be used.
    """
    runner = Runner(
        app,
        handle_signals=False,
        access_log_class=AccessLog,
        access_log=logging.getLogger("safelight.access"),
        keepalive_timeout=where.idle,
        lingering_time=_LINGER,
        shutdown_timeout=_LEAVE,
    )
    await runner.setup()
    try:
        for host in where.hosts:
            site = web.TCPSite(runner, host, where.port, ssl_context=where.tls, backlog=_BACKLOG)
            try:
                await site.start()
            except OSError as error:
                if host != "::" or error.errno not in _NO_IPV6 or not runner.addresses:
                    raise
                # "Everywhere" is what there is: on many machines that is no IPv6.
    except OSError as error:
        await runner.cleanup()
        raise CannotListenError(
            f"cannot listen on {host}, port {where.port}: {error.strerror or error}; is Safelight"
            " or ComfyUI running there already? --port N chooses another one"
        ) from error
    return runner


class Runner(web.AppRunner):
    """Runs an application with our own words for what is not HTTP."""

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        options = {key: value for key, value in self._kwargs.items() if value is not None}
        return _Server(made.request_handler, request_factory=made.request_factory, **options)


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - aiohttp's words are for its own users
    ) -> web.StreamResponse:
        """Answer what could not even be read as a request."""
        if status >= 500:
            # The gate answers what goes wrong in routes; this is a fault in it or before it.
            logging.getLogger("safelight.web").error("a request failed", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is on its way already")
        error = WebError(400, "bad_http", "this is not HTTP as this server understands it")
        if status >= 500:
            error = WebError(500, "internal_error", "the server made a mistake; its log says which")
        response = error.answer()
        add_headers(response)
        response.force_close()
        return response
