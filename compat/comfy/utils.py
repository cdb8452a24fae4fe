"""`comfy.utils`: how far a node is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compat.surroundings import running

if TYPE_CHECKING:
    from graph.context import NodeContext


class ProgressBar:
    """Tells how far the node is that runs where the bar is made, from whatever thread or coroutine.

    Args:
        total: Steps in all.
        node_id: Another node's id; as nodes can only tell of themselves, it is not looked at.
    """

    def __init__(self, total: int, node_id: str | None = None) -> None:  # noqa: ARG002 - packs give it
        self.total = total
        self.current = 0
        self._context: NodeContext | None = running()

    def update(self, value: int) -> None:
        """Go some steps further.

        Raises:
            Cancelled: The job was cancelled.
        """
        self.update_absolute(self.current + value)

    def update_absolute(self, value: int, total: int | None = None, preview: Any = None) -> None:  # noqa: ANN401 - a picture, as packs give it
        """Say how many steps are done.

        Args:
            value: Steps done.
            total: Steps in all, if that changed.
            preview: A picture, or `(format, picture, largest side)`.

        Raises:
            Cancelled: The job was cancelled.
        """
        if total is not None:
            self.total = total
        self.current = min(value, self.total)
        if self._context is not None:
            self._context.progress(self.current, self.total, as_preview(preview))


def as_preview(preview: Any) -> object | None:  # noqa: ANN401 - as in `update_absolute`
    """Return a preview as `NodeContext.progress` takes it."""
    picture = preview[1] if isinstance(preview, tuple) and len(preview) > 1 else preview
    return None if picture is None else (lambda: picture)
