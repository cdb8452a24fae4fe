"""What a node sees of the world: progress, cancellation, folders; never the engine or a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import field
from itertools import count
from typing import TYPE_CHECKING, Protocol, TypeAlias

from graph.facts import fact

if TYPE_CHECKING:
    from graph.files import FileStamp
    from graph.folders import Folders

OnProgress: TypeAlias = Callable[[int, int, "object | None"], None]


def _nobody(_value: int, _total: int, _preview: object | None) -> None:
    """Stands where nobody watches."""


def _unheard(_text: str) -> None:
    """Stands where nobody listens."""


def _never() -> None:
    """Stands where nobody can cancel."""


def _forgetful() -> None:
    """Stands where nothing outlives the process."""


class Journal(Protocol):
    """What a node writes down while it runs, so that it can go on where it was killed."""

    @property
    def records(self) -> Sequence[bytes]:
        """What an earlier process wrote before it was killed, in order."""

    def append(self, record: bytes) -> None:
        """Write down one more; whole or not at all, also if the process is killed meanwhile."""


@fact()
class NodeContext:
    """Handed to a node that asks for it by a first parameter of this type.

    Attributes:
        node_id: The node's id in the workflow.
        folders: Where the user's files are.
        device: Where models go: `cpu`, `cuda:0`, `mps`.
        allow_outside_inputs: Whether input files may be anywhere on this machine.
        services: What the application hands in by name, the choice of precision for instance.
        thrifty: Whether memory ran out a moment ago, so that the node should use less this time.
        job: The id of the job that runs; empty where there is none.
        graphs: Numbers the graphs that this run of the node gives back to stand for it.
        read: The files that this run of the node asked for, beside those that its inputs say, as
            they were then: one that changes while the node runs has changed for the next run.
    """

    node_id: str
    folders: Folders
    device: str = "cpu"
    allow_outside_inputs: bool = False
    services: Mapping[str, object] = field(default_factory=dict)
    on_progress: OnProgress = _nobody
    on_warning: Callable[[str], None] = _unheard
    raise_if_cancelled: Callable[[], None] = _never
    thrifty: bool = False
    open_journal: Callable[[], Journal | None] = _forgetful
    job: str = ""
    graphs: Iterator[int] = field(default_factory=count, init=False, repr=False, compare=False)
    read: list[FileStamp] = field(default_factory=list, init=False, repr=False, compare=False)

    def progress(self, value: int, total: int, preview: object | None = None) -> None:
        """Tell how far the node is.

        Args:
            value: Steps done.
            total: Steps in all; 0 to show a picture without a word about steps.
            preview: A glimpse of the result, called only if somebody looks; a `WholePicture` goes
                to whoever sent the job in any case.

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

    def journal(self) -> Journal | None:
        """Return the node's journal; None if this run keeps none.

        It is the node's own, found again by the same recipe, and goes when the node is done.
        """
        return self.open_journal()

    def service(self, name: str, default: object = None) -> object:
        """Return what the application handed in under a name, or the default."""
        return self.services.get(name, default)


current: ContextVar[NodeContext | None] = ContextVar("current", default=None)
"""The context of the node that runs here, for code that is not handed one: ComfyUI's packs."""
