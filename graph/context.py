"""What a node sees of the world: progress, cancellation, folders; never the engine or a server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from graph.folders import Folders

OnProgress: TypeAlias = Callable[[int, int, "object | None"], None]


def _nobody(_value: int, _total: int, _preview: object | None) -> None:
    """Stands where nobody watches."""


def _unheard(_text: str) -> None:
    """Stands where nobody listens."""


def _never() -> None:
    """Stands where nobody can cancel."""


@dataclass(frozen=True, slots=True)
class NodeContext:
    """Handed to a node that asks for it by a first parameter of this type.

    Attributes:
        node_id: The node's id in the workflow.
        folders: Where the user's files are.
        device: Where models go: `cpu`, `cuda:0`, `mps`.
        allow_outside_inputs: Whether input files may be anywhere on this machine.
        services: What the application hands in by name, the choice of precision for instance.
    """

    node_id: str
    folders: Folders
    device: str = "cpu"
    allow_outside_inputs: bool = False
    services: Mapping[str, object] = field(default_factory=dict)
    on_progress: OnProgress = _nobody
    on_warning: Callable[[str], None] = _unheard
    raise_if_cancelled: Callable[[], None] = _never

    def progress(self, value: int, total: int, preview: object | None = None) -> None:
        """Tell how far the node is.

        Args:
            value: Steps done.
            total: Steps in all.
            preview: A glimpse of the result, called only if somebody looks.

        Raises:
            Cancelled: The job was cancelled.
        """
        self.check_cancelled()
        self.on_progress(value, total, preview)

    def check_cancelled(self) -> None:
        """Raise if the job was cancelled; for loops that make no progress worth telling.

        Raises:
            Cancelled: The job was cancelled.
        """
        self.raise_if_cancelled()

    def warn(self, text: str) -> None:
        """Tell the user something that is no error."""
        self.on_warning(text)

    def service(self, name: str, default: object = None) -> object:
        """Return what the application handed in under a name, or the default."""
        return self.services.get(name, default)
