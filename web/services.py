"""What the routes need, handed in by whoever starts the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from web.bodies import BodyLimits
from web.guards.security import Security

if TYPE_CHECKING:
    from graph.folders import Folders


@dataclass(frozen=True)
class Services:
    """What the routes need.

    Attributes:
        folders: Where the user's files are.
        version: Safelight's.
        security: Whom to let in.
        limits: How much clients may send.
    """

    folders: Folders
    version: str = "0"
    security: Security = field(default_factory=Security)
    limits: BodyLimits = field(default_factory=BodyLimits)


SERVICES: web.AppKey[Services] = web.AppKey("SERVICES", Services)
