"""The nodes there are: the built-in ones made here, those of packs as a worker told of them.

What was told last is kept in a file, so that all nodes are known before a worker is ready. Options
that are names of files are those of this moment.
"""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from graph.errors import GraphError
from graph.formats.signatures import ObjectInfo
from graph.object_info import describe_all
from web.catalogue import watch
from web.packs import Pack
from web.uploads import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.serving.workers import Workers
    from graph.folders import Folders
    from graph.formats.signatures import Signature
    from graph.registry import Registry
    from graph.workflow import Json

_log = logging.getLogger("safelight")
_PATIENCE = 5.0
"""Seconds to wait for a worker that is asked which files there are now."""


class LiveCatalogue:
    """What `GET /object_info` is made of. Its methods may be called from any thread.

    Args:
        folders: Where the user's files are.
        packs: Paths of the packs that are loaded.
        workers: Those who know the packs' nodes.
    """

    def __init__(self, folders: Folders, packs: Sequence[Path], workers: Workers) -> None:
        self._folders = folders
        self._paths = {path.name for path in packs}
        self._workers = workers
        self._watch = watch(folders)
        self._file = folders.cache / "nodes.json"
        self._lock = Lock()
        self._told: Mapping[str, Any] | None = None
        self._asked = -1
        self._nodes: Mapping[str, Json] = {}
        self._packs: tuple[Pack, ...] = ()
        self._signatures = ObjectInfo({})
        self._count = 0
        self._load()

    @cached_property
    def registry(self) -> Registry:
        """The built-in nodes; made when they are first needed, since that takes a while."""
        from app.catalogue import make_registry

        return make_registry()

    @property
    def complete(self) -> bool:
        """Whether there are no nodes but the built-in ones."""
        return not self._paths

    def version(self) -> tuple[int, int]:
        """Return something else when files came or went, or a worker told of other nodes."""
        self._listen()
        return self._watch.version(), self._count

    def describe(self) -> Mapping[str, Json]:
        """Describe all nodes."""
        self._ask_again()
        return {**describe_all(self.registry, self._folders), **self._nodes}

    def packs(self) -> Sequence[Pack]:
        """Return the packs, as far as browsers are concerned."""
        self._listen()
        return self._packs

    def get(self, class_type: str) -> Signature | None:
        """Return the signature of a pack's node, or None."""
        self._listen()
        return self._signatures.get(class_type)

    def _listen(self) -> None:
        """Take in what a worker said when it was ready, if that is news."""
        about = self._workers.about
        if about is None or about is self._told:
            return
        with self._lock:
            if about is self._told:
                return
            self._told, self._asked = about, self._watch.version()
            self._take(about["catalogue"]["nodes"], about["packs"])
            self._keep()

    def _ask_again(self) -> None:
        """Have the packs' nodes described anew if files came or went since."""
        now = self._watch.version()
        if self.complete or self._told is None or now == self._asked:
            return
        with suppress(GraphError):  # what is known will do until there is a worker again
            found = self._workers.ask("catalogue", seconds=_PATIENCE)
            with self._lock:
                self._asked = now
                self._take(found["nodes"], self._told["packs"])

    def _take(self, nodes: Mapping[str, Json], packs: Sequence[Mapping[str, Any]]) -> None:
        self._nodes = nodes
        self._signatures = ObjectInfo(nodes)
        self._packs = tuple(map(_pack, packs))
        self._count += 1

    def _load(self) -> None:
        """Begin with what is kept of packs that are still there."""
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            kept = json.loads(self._file.read_bytes())
            packs = [pack for pack in kept["packs"] if pack["name"] in self._paths]
            names = {str(name) for pack in packs for name in pack["nodes"]}
            nodes = {name: node for name, node in kept["nodes"].items() if name in names}
            self._take(nodes, packs)

    def _keep(self) -> None:
        told = self._told or {}
        content = json.dumps({"nodes": self._nodes, "packs": told["packs"]}).encode()
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, content)
        except OSError as error:
            _log.warning("the nodes of packs cannot be kept in %s: %s", self._file, error.strerror)


def _pack(told: Mapping[str, Any]) -> Pack:
    web = told["web_directory"]
    return Pack(told["name"], Path(told["path"]), None if web is None else Path(web))
