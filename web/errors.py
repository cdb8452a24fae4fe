"""Everything that a client is told went wrong, in ComfyUI's shape.

`{"error": {"type", "message", "details", "extra_info"}, "node_errors": {}}`. The sentence says what
was expected, what came and what to do; nobody outside ever sees a traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from web.answers import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.workflow import Json


class WebError(Exception):
    """A request that cannot be answered as it was meant.

    Attributes:
        status: 4xx, or 503 while something is not there yet.
        type: One word that programs can go by.
        details: What in particular, or empty.
        extra_info: Facts for programs.
        node_errors: What is wrong with which node of a workflow.
        headers: What the answer carries besides.
    """

    def __init__(
        self,
        status: int,
        type_: str,
        message: str,
        *,
        details: str = "",
        extra_info: Mapping[str, Json] | None = None,
        node_errors: Mapping[str, Json] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.type = type_
        self.details = details
        self.extra_info = dict(extra_info or {})
        self.node_errors = dict(node_errors or {})
        self.headers = dict(headers or {})

    def answer(self) -> web.Response:
        """Return what the client gets."""
        body = envelope(self.type, str(self), self.details, self.extra_info, self.node_errors)
        return web.Response(
            status=self.status,
            body=encode(body),
            content_type="application/json",
            headers=self.headers,
        )


def envelope(
    type_: str,
    message: str,
    details: str = "",
    extra_info: Mapping[str, Json] | None = None,
    node_errors: Mapping[str, Json] | None = None,
) -> dict[str, Json]:
    """Return an error as JSON."""
    return {
        "error": {
            "type": type_,
            "message": message,
            "details": details,
            "extra_info": dict(extra_info or {}),
        },
        "node_errors": dict(node_errors or {}),
    }


def bad_request(message: str, details: str = "", type_: str = "invalid_request") -> WebError:
    """Something in the request is not as it should be."""
    return WebError(400, type_, message, details=details)


def not_found(message: str, type_: str = "not_found") -> WebError:
    """There is nothing of that name."""
    return WebError(404, type_, message)


def forbidden(message: str, type_: str = "forbidden") -> WebError:
    """It is there, perhaps, and not for this client."""
    return WebError(403, type_, message)


def too_large(message: str, type_: str = "too_large") -> WebError:
    """More was sent than is taken."""
    return WebError(413, type_, message)
