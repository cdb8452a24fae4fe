"""What packs can ask for while no node runs: folders, and the device."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graph.context import current
from graph.errors import GraphError
from graph.files import FileStamp
from graph.running import latest

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.context import NodeContext
    from graph.folders import Folders


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the application hands to packs.

    Attributes:
        folders: Where the user's files are.
        models: The folder that holds `checkpoints/`, `loras/`, …
        find_device: Answers where models go: `cpu`, `cuda:0`, `mps`.
    """

    folders: Folders
    models: Path
    find_device: Callable[[], str]


class _Place:
    """Holds the surroundings of this process: modules have no other way to be told."""

    installed: Surroundings | None = None


def install_surroundings(surroundings: Surroundings) -> None:
    """Tell the modules what they are to answer with."""
    _Place.installed = surroundings


def surroundings() -> Surroundings:
    """Return what the application handed in.

    Raises:
        GraphError: It did not.
    """
    if _Place.installed is None:
        raise GraphError("ComfyUI's modules are there for node packs that Safelight loads")
    return _Place.installed


def running() -> NodeContext | None:
    """The context of the node that runs here; in a thread of its own, of the one that runs."""
    return current.get() or latest()


def note_read(path: str) -> None:
    """Note that the node that runs here reads a file: its result counts while that is the same."""
    context = current.get()
    if context is not None and Path(path).is_file():
        context.read.append(FileStamp.of(Path(path)))


def folders() -> Folders:
    """The folders of the node that runs, or of the application."""
    context = running()
    return context.folders if context else surroundings().folders


def device() -> str:
    """Where models go."""
    context = running()
    return context.device if context else surroundings().find_device()
