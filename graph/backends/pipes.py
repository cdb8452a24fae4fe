"""Waiting at a pipe. Connections can wait as well, but set everything up anew for each message."""

from __future__ import annotations

import select
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

_SMALL = 2**16
"""Bytes of a message that a pipe has room for when it has any."""


def news_at(connection: Connection) -> Callable[[float], bool]:
    """Return what waits until there is something to read, or the end; for so many seconds."""
    if not hasattr(select, "poll"):
        return connection.poll
    looking = select.poll()
    looking.register(connection.fileno(), select.POLLIN)
    return lambda seconds: bool(looking.poll(seconds * 1000))


def room_at(connection: Connection) -> Callable[[int], bool]:
    """Return what tells if so many bytes can be sent now without waiting for anybody, for certain.

    One thread at a time may ask.
    """
    if sys.platform != "linux":
        return lambda _size: False
    # There, a socket counts as writable while at most a quarter of its 200 KB are taken.
    looking = select.poll()
    looking.register(connection.fileno(), select.POLLOUT)

    def has_room(size: int) -> bool:
        return size <= _SMALL and any(event & select.POLLOUT for _, event in looking.poll(0))

    return has_room
