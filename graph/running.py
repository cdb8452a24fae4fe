"""Which foreign nodes run now: code that they started in threads of their own asks for it."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.context import NodeContext

_running: list[NodeContext] = []
_lock = Lock()


@contextmanager
def running(context: NodeContext) -> Iterator[None]:
    """Count a node as running while this is entered."""
    with _lock:
        _running.append(context)
    try:
        yield
    finally:
        with _lock:
            # Not the first one that is equal: the very one.
            _running[:] = [other for other in _running if other is not context]


def latest() -> NodeContext | None:
    """Return the context of the node that was started last of those that run, or None."""
    with _lock:
        return _running[-1] if _running else None
