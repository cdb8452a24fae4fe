"""Where settings and drafts are kept, JSON values by name, and what their routes share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from graph.jobs.errors import ShelfFullError, StoreError
from web.errors import WebError, bad_request, too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.workflow import Json

Answer = TypeVar("Answer")


class Shelf(Protocol):
    """What the routes need; its methods may be called from any thread."""

    def all(self) -> dict[str, Json]:
        """Return all values."""

    def changed(self) -> dict[str, float]:
        """Return when each value was put there, in seconds since the epoch, oldest first."""

    def get(self, name: str) -> Json:
        """Return a value; None if there is none."""

    def merge(self, changes: Mapping[str, Json]) -> None:
        """Put values there, all or none, and leave the others as they are.

        Raises:
            JobsError: They cannot be kept.
        """

    def remove(self, name: str) -> bool:
        """Take a value away; answers whether there was one."""


async def asked(question: Callable[[], Answer]) -> Answer:
    """Ask a shelf something.

    Raises:
        WebError: The database cannot answer now, or has no room.
    """
    try:
        return await asyncio.to_thread(question)
    except ShelfFullError as error:
        raise too_large(str(error)) from error
    except StoreError as error:
        again = {"Retry-After": "1"}
        raise WebError(503, "queue_unavailable", str(error), headers=again) from error


async def keep(shelf: Shelf, changes: Mapping[str, Any], what: str, longest: int) -> None:
    """Put values on a shelf.

    Args:
        shelf: Where to.
        changes: Parsed JSON by name.
        what: What a name is called in errors.
        longest: How many characters a name may have.

    Raises:
        WebError: A name is none, there is too much, or nothing can be written.
    """
    if not all(is_name(name, longest) for name in changes):
        raise bad_request(f"{what} is text of 1 to {longest} characters")
    await asked(lambda: shelf.merge(changes))


def is_name(name: str, longest: int) -> bool:
    """Whether something can be kept under a name: halves of letters cannot be written."""
    return 0 < len(name) <= longest and not any("\ud800" <= letter <= "\udfff" for letter in name)
