"""`comfy_api.latest`: how far a node is, for coroutines (`ComfyAPI`) and functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compat.comfy.utils import as_preview
from compat.surroundings import running
from graph.errors import NodeInputError

if TYPE_CHECKING:
    from graph.context import NodeContext


class ExecutionSync:
    """Tells how far the node is that runs."""

    def set_progress(
        self,
        value: float,
        max_value: float,
        node_id: str | None = None,
        preview_image: Any = None,  # noqa: ANN401 - a picture of some kind
        ignore_size_limit: bool = False,
    ) -> None:
        """Say how far the node is.

        Args:
            value: Steps done.
            max_value: Steps in all.
            node_id: Another node's id; as nodes can only tell of themselves, it is not looked at.
            preview_image: A glimpse of the result.
            ignore_size_limit: Whether the glimpse may be large; ours may.

        Raises:
            Cancelled: The job was cancelled.
            NodeInputError: No node runs here.
        """
        del node_id, ignore_size_limit
        _here().progress(int(value), int(max_value), as_preview(preview_image))


class Execution:
    """The same for coroutines."""

    async def set_progress(
        self,
        value: float,
        max_value: float,
        node_id: str | None = None,
        preview_image: Any = None,  # noqa: ANN401 - a picture of some kind
        ignore_size_limit: bool = False,
    ) -> None:
        """Say how far the node is, as `ExecutionSync.set_progress` does."""
        ExecutionSync().set_progress(value, max_value, node_id, preview_image, ignore_size_limit)


class ComfyAPI:
    """What a pack's coroutine can ask of the engine."""

    Execution = Execution

    def __init__(self) -> None:
        self.execution = Execution()


class ComfyAPISync:
    """What a pack's function can ask of the engine."""

    Execution = ExecutionSync

    def __init__(self) -> None:
        self.execution = ExecutionSync()


ComfyAPIWithVersion = ComfyAPI


def _here() -> NodeContext:
    context = running()
    if context is None:
        raise NodeInputError("progress can only be told while a node runs, and none does")
    return context
