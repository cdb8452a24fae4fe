"""Names what makes a worker's workshop, without importing in the server what that imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.settings import Settings
    from graph.backends.workshop import Workshop


def make_workshop(settings: Settings) -> Workshop:
    """Make a workshop, in the worker's process."""
    from app import worker

    return worker.make_workshop(settings)
