"""The nodes there are, as clients see them.

`Catalogue` is what the routes need. `ObjectInfo` keeps it encoded and compressed, until it changes.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from graph.object_info import describe_all
from web.encoded import Encoded
from web.folder_watch import FolderWatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.definition import NodeDefinition
    from graph.folders import Folders
    from graph.workflow import Json


class Catalogue(Protocol):
    """The nodes there are; its methods may be called from any thread."""

    def version(self) -> object:
        """Return something that is another when what `describe` returns may be another."""

    def describe(self) -> Mapping[str, Json]:
        """Describe all nodes by name, as ComfyUI's `/object_info` does."""


class DefinedCatalogue:
    """The nodes of definitions, with the files there are for their inputs.

    Args:
        definitions: The nodes.
        folders: Where the files are.
    """

    def __init__(self, definitions: Iterable[NodeDefinition], folders: Folders) -> None:
        self._definitions = tuple(definitions)
        self._folders = folders
        self._watch = watch(folders)

    def version(self) -> int:
        """Return a number that is another one when files came or went."""
        return self._watch.version()

    def describe(self) -> Mapping[str, Json]:
        """Describe all nodes."""
        return describe_all(self._definitions, self._folders)


def watch(folders: Folders) -> FolderWatch:
    """Watch the folders whose files nodes offer as options."""
    models = [place for places in folders.models.values() for place in places]
    return FolderWatch([folders.input, folders.output, *models])


class ObjectInfo:
    """A catalogue, ready to be sent."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._version: object = object()
        self._nodes: Mapping[str, Json] = {}
        self._encoded = Encoded.json({})
        self._lock = Lock()

    def encoded(self) -> Encoded:
        """Return all nodes, encoded; from any thread."""
        with self._lock:
            self._refresh()
            return self._encoded

    def node(self, name: str) -> Json:
        """Return one node, or None; from any thread."""
        with self._lock:
            self._refresh()
            return self._nodes.get(name)

    def _refresh(self) -> None:
        version = self._catalogue.version()
        if version != self._version:
            self._nodes = self._catalogue.describe()
            self._encoded = Encoded.json(self._nodes)
            self._version = version


OBJECT_INFO: web.AppKey[ObjectInfo] = web.AppKey("OBJECT_INFO", ObjectInfo)
