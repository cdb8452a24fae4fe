"""What the routes need, handed in by whoever starts the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from web.bodies import BodyLimits
from web.guards.security import Security
from web.log_book import LogBook
from web.system import AskMachine, unknown_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.folders import Folders
    from web.catalogue import Catalogue
    from web.packs import Pack
    from web.shelves import Shelf


def _no_packs() -> Sequence[Pack]:
    return ()


@dataclass(frozen=True)
class Services:
    """What the routes need.

    Attributes:
        folders: Where the user's files are.
        catalogue: Which nodes there are.
        settings: Where the user's settings are.
        drafts: Where unsaved workflows are.
        version: Safelight's.
        security: Whom to let in.
        limits: How much clients may send.
        packs: Answers which node packs there are.
        machine: Answers what the machine and the worker are like.
        logs: The last lines of the log.
        previews_for_all: Whether clients get previews that did not say that they can read them.
            Some take any binary message for the picture that they wait for.
    """

    folders: Folders
    catalogue: Catalogue
    settings: Shelf
    drafts: Shelf
    version: str = "0"
    security: Security = field(default_factory=Security)
    limits: BodyLimits = field(default_factory=BodyLimits)
    packs: Callable[[], Sequence[Pack]] = _no_packs
    machine: AskMachine = unknown_machine
    logs: LogBook = field(default_factory=LogBook)
    previews_for_all: bool = True


SERVICES: web.AppKey[Services] = web.AppKey("SERVICES", Services)
