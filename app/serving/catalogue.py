"""The nodes there are: the built-in ones made here, those of packs as a worker told of them.

What was told last is kept in a file, so that all nodes are known before a worker is ready. Options
that are names of files are those of this moment.
"""

from __future__ import annotations

import json
import logging
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from graph.errors import DefinitionError, GraphError
from graph.formats.signatures import ObjectInfo
from graph.object_info import describe_all
from web.catalogue import watch
from web.folder_watch import FolderWatch
from web.packs import Pack
from web.uploads import write_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from app.serving.workers import Workers
    from graph.folders import Folders
    from graph.formats.signatures import Signature
    from graph.registry import Registry
    from graph.workflow import Json

_log = logging.getLogger("safelight")
_PATIENCE = 5.0
"""Seconds to wait for a worker that is asked which files there are now."""
_LOOK = 1.0
"""Seconds between two looks whether files came or went, before workflows are checked."""
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError)


class LiveCatalogue:
    """What `GET /object_info` is made of, and workflows are checked against.

    Its methods may be called from any thread.

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
        models = [place for places in folders.models.values() for place in places]
        self._files = FolderWatch([folders.input, *models])
        self._next_look = 0.0
        self._file = folders.cache / "nodes.json"
        self._lock = Lock()
        self._told: Mapping[str, Any] | None = None
        self._seen = (0, 0)
        self._catalogue: Mapping[str, Any] = {"nodes": {}, "definitions": []}
        self._packs: Sequence[Mapping[str, Any]] = ()
        self._routes: Collection[tuple[str, str]] = ()
        self._changing: Sequence[str] = ()
        self._signatures = ObjectInfo({})
        self._known: Registry | None = None
        self._count = 0
        self._load()

    @cached_property
    def builtin(self) -> Registry:
        """The built-in nodes; made when they are first needed, since that takes a while."""
        return _builtin()

    @property
    def known(self) -> Registry:
        """Those, and the packs' nodes as far as a worker could say what they take."""
        self._listen()
        with self._lock:
            if self._known is None:
                self._known = _with(self._catalogue["definitions"])
            return self._known

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
        self._listen()
        if self._seen[0] != self._watch.version():
            self.refresh()
        return {**describe_all(self.builtin, self._folders), **self._catalogue["nodes"]}

    def packs(self) -> Sequence[Pack]:
        """Return the packs, as far as browsers are concerned."""
        self._listen()
        return [_pack(told) for told in self._packs]

    def routes(self) -> Collection[tuple[str, str]]:
        """Return which methods and paths packs answer."""
        self._listen()
        return self._routes

    @property
    def changing(self) -> Sequence[str]:
        """The names of what packs have that changes workflows before they are checked."""
        self._listen()
        return self._changing

    def get(self, class_type: str) -> Signature | None:
        """Return the signature of a pack's node, or None."""
        self._listen()
        return self._signatures.get(class_type)

    def outdated(self) -> bool:
        """Whether models or input files came or went since; looks now and then only."""
        now = time.monotonic()
        if self._told is None or now < self._next_look:
            return False
        self._next_look = now + _LOOK
        return self._seen[1] != self._files.version()

    def refresh(self) -> None:
        """Have a worker say which files there are now, if it can."""
        if self.complete or self._told is None:
            return
        now = self._look()
        with suppress(GraphError):  # what is known will do until there is a worker again
            found = self._workers.ask("catalogue", seconds=_PATIENCE)
            with self._lock:
                self._seen = now
                self._take(found, self._packs)

    def _listen(self) -> None:
        """Take in what a worker said when it was ready, if that is news."""
        about = self._workers.about
        if about is None or about is self._told:
            return
        with self._lock:
            if about is self._told:
                return
            self._told, self._seen = about, self._look()
            self._take(about["catalogue"], about["packs"])
            self._routes = [(method, path) for method, path in about.get("routes", ())]
            self._changing = list(about.get("changes_prompts", ()))
            self._keep()

    def _look(self) -> tuple[int, int]:
        return self._watch.version(), self._files.version()

    def _take(self, catalogue: Mapping[str, Any], packs: Sequence[Mapping[str, Any]]) -> None:
        self._catalogue, self._packs = catalogue, packs
        self._signatures = ObjectInfo(catalogue["nodes"])
        self._known = None
        self._count += 1

    def _load(self) -> None:
        """Begin with what is kept of packs that are still there."""
        with suppress(*_DAMAGED):
            kept = json.loads(self._file.read_bytes())
            packs = [pack for pack in kept["packs"] if _pack(pack).name in self._paths]
            names = {str(name) for pack in packs for name in pack["nodes"]}
            nodes = {name: node for name, node in kept["nodes"].items() if name in names}
            definitions = [plain for plain in kept["definitions"] if plain["name"] in names]
            self._take({"nodes": nodes, "definitions": definitions}, packs)
            # A worker that is not there yet is to be asked again; a route that is gone, it refuses.
            self._routes = [(method, path) for method, path in kept.get("routes", ()) if packs]
            self._changing = [str(name) for name in kept.get("changes_prompts", ()) if packs]

    def _keep(self) -> None:
        told = {
            **self._catalogue,
            "packs": self._packs,
            "routes": self._routes,
            "changes_prompts": self._changing,
        }
        content = json.dumps(told).encode()
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, content)
        except OSError as error:
            _log.warning("the nodes of packs cannot be kept in %s: %s", self._file, error.strerror)


def _builtin() -> Registry:
    from app.catalogue import make_registry

    return make_registry()


def _with(definitions: Sequence[Mapping[str, Any]]) -> Registry:
    from app.plain_definitions import hear

    registry = _builtin()
    for plain in definitions:
        with suppress(DefinitionError, *_DAMAGED):  # the worker will be asked about such a node
            registry.add(hear(plain))
    return registry


def _pack(told: Mapping[str, Any]) -> Pack:
    web = told["web_directory"]
    return Pack(told["name"], Path(told["path"]), None if web is None else Path(web))
