"""One line of JSON for each request: who, what, how long. No query, no header, no secret."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from aiohttp.abc import AbstractAccessLogger

if TYPE_CHECKING:
    from aiohttp import web

_LONGEST = 200


class AccessLog(AbstractAccessLogger):
    """Writes a line when an answer is done. Queries are left out: they can hold anything."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write one line."""
        # JSON escapes line ends and control characters, so that no request can forge a line.
        line = {
            "remote": request.remote,
            "method": request.method[:20],
            "path": request.path[:_LONGEST],
            "status": response.status,
            "bytes": response.body_length,
            "ms": round(time * 1000, 1),
        }
        level = logging.WARNING if response.status >= 500 else logging.INFO
        self.logger.log(level, json.dumps(line))

    @property
    def enabled(self) -> bool:
        """Whether anybody reads it."""
        return self.logger.isEnabledFor(logging.INFO)
