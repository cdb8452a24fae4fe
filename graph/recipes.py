"""What would make each node's result in one job: constants, identities, files, and its own word.

Large files that nobody has read before are read while their node runs, beside it, rather than
before it: until then such a node is known by how its files look from outside.
"""

from __future__ import annotations

import hashlib
import inspect
import math
import secrets
from dataclasses import field, replace
from typing import TYPE_CHECKING

from graph import events
from graph.calls import awaited
from graph.facts import fact
from graph.files import FileStamp
from graph.keys import Recipe, canonical
from graph.plan import awaited_raw
from graph.sockets import Hidden

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future
    from pathlib import Path

    from graph.cancel import CancelToken
    from graph.checked import CheckedNode
    from graph.definition import NodeFunction
    from graph.executor import Engine
    from graph.surroundings import Surroundings

_LARGE = 32 * 2**20
_GRAPH = "the graph before it"


@fact()
class Intent:
    """What would make a node's result if it runs.

    Attributes:
        recipe: All that the result depends on; of files that are still being read, their looks.
        key: The recipe's.
        pure: Whether the same recipe makes the same result, this time.
        reading: The content of files that are being read, by input.
        reason: Why the node would run.
    """

    recipe: Recipe
    key: bytes
    pure: bool
    reading: Mapping[str, Future[bytes]] = field(default_factory=dict)
    reason: str = ""

    def settled(self) -> Intent:
        """Return this intent with the content of all files, having waited for it.

        Raises:
            MissingFileError: A file cannot be read.
            Cancelled: The job was cancelled meanwhile.
        """
        if not self.reading:
            return self
        files = {name: future.result() for name, future in self.reading.items()}
        recipe = replace(self.recipe, files={**self.recipe.files, **files})
        return replace(self, recipe=recipe, key=recipe.key(), reading={})


class Recipes:
    """Makes the recipes of one job's nodes.

    Args:
        engine: Knows files, folders and values.
        cancel: Asked while large files are read.
        around: Gives the prompt and what else nodes see.
    """

    def __init__(self, engine: Engine, cancel: CancelToken, around: Surroundings) -> None:
        self._engine = engine
        self._cancel = cancel
        self._around = around
        # What nodes said of the state of the world, which they are asked once in a job.
        self._stamps: dict[str, object] = {}
        self._live: dict[tuple[str, str], bytes] = {}

    def intent(self, node: CheckedNode, sources: Mapping[str, bytes]) -> Intent:
        """Return what would make a node's result.

        Args:
            node: The node.
            sources: The identities of what its links bring, of lazy ones as far as asked for.

        Raises:
            MissingFileError: A file that it names cannot be read.
            Cancelled: The job was cancelled while a file was read.
        """
        definition = node.definition
        constants = node.constants
        hidden = definition.hidden
        salt = self._salt(node)
        if node.given or node.raw or (hidden and Hidden.DYNPROMPT in hidden.values()):
            constants, sources = self._with_the_unusual(node, sources)
        elif not node.paths and definition.fingerprint is None:
            last = self._engine.recipes.get(node.id)
            # The same object rather than an equal one: 1 and 1.0 are equal, too.
            if last is not None and last.constants is constants and last.sources == sources:
                same = last.class_type, last.version, last.salt
                if same == (definition.name, definition.version, salt):
                    return Intent(last, last.key(), definition.pure)
        files: dict[str, bytes] = {}
        reading: dict[str, Future[bytes]] = {}
        if node.paths:
            for name, path in node.paths.items():
                self._read(name, path, files, reading)
        # Whether what a node did not wait for is as it was, only those that stand for it find out.
        pure = definition.pure and (not node.raw or len(awaited_raw(node)) == len(node.raw))
        stamp = None
        if definition.fingerprint is not None:
            stamp = self._stamp(node, definition.fingerprint)
            pure = pure and not _is_nan(stamp)
        recipe = Recipe(definition.name, definition.version, constants, sources, files, salt, stamp)
        try:
            return Intent(recipe, recipe.key(), pure, reading)
        except TypeError:
            # A node may say anything of the world; what has no canonical bytes is known by sight.
            recipe = replace(recipe, stamp=repr(stamp))
            return Intent(recipe, recipe.key(), pure, reading)

    def _with_the_unusual(
        self, node: CheckedNode, sources: Mapping[str, bytes]
    ) -> tuple[Mapping[str, object], Mapping[str, bytes]]:
        """Constants with raw links; sources with live values and what a node may look around in."""
        constants = dict(node.constants)
        found = dict(sources)
        for name, link in node.raw.items():
            constants[name] = [link.node, link.slot]
        for name, value in node.given.items():
            at = node.id, name
            if at not in self._live:
                self._live[at] = self._engine.identity(value) or secrets.token_bytes(32)
            found[name] = self._live[at]
        if node.raw or Hidden.DYNPROMPT in node.definition.hidden.values():
            found[_GRAPH] = self._around.structures.of(node.id)
        return constants, found

    def _salt(self, node: CheckedNode) -> tuple[str, ...]:
        definition = node.definition
        salt: tuple[str, ...] = ()
        if definition.hidden and Hidden.UNIQUE_ID in definition.hidden.values():
            salt = (node.id,)
        if definition.output_node:
            folders = self._engine.folders
            salt = (*salt, str(folders.output), str(folders.temp))
        return salt

    def _read(
        self,
        name: str,
        path: Path,
        files: dict[str, bytes],
        reading: dict[str, Future[bytes]],
    ) -> None:
        """Note the content of a file that a node names, or have it read."""
        index = self._engine.files
        looks = _looks(path)
        if looks is None or looks in self._engine.seen or index.known(path) is not None:
            files[name] = index.content_hash(path, on_bytes=self._check)
            return
        self._engine.seen.add(looks)
        files[name] = looks
        reading[name] = self._engine.workers.call(
            lambda: index.content_hash(path, on_bytes=self._check)
        )

    def _check(self, _done: int, _total: int) -> None:
        self._cancel.check()

    def _stamp(self, node: CheckedNode, function: NodeFunction) -> object:
        if node.id not in self._stamps:
            self._stamps[node.id] = self._ask_for_stamp(node, function)
        return self._stamps[node.id]

    def _ask_for_stamp(self, node: CheckedNode, function: NodeFunction) -> object:
        definition = node.definition
        hidden = self._around.hidden(node)
        inputs: dict[str, object] = dict.fromkeys((*node.links, *node.raw))
        inputs |= {name: hidden.get(kind) for name, kind in definition.hidden.items()}
        inputs |= {**node.constants, **node.given}
        try:
            answer = function(**inputs)
            if inspect.isawaitable(answer):
                answer = self._engine.workers.wait_for(awaited(answer))
        except Exception as error:  # noqa: BLE001 - foreign code, whatever it raises
            text = f"it could not say whether it changed ({error}), so it runs each time"
            self._around.tell(node, events.NodeWarning, text=text)
            return math.nan
        return answer


def _looks(path: Path) -> bytes | None:
    """How a large file looks from outside; None for one that is quickly read."""
    if not path.is_file():
        return None
    stamp = FileStamp.of(path)
    if stamp.size < _LARGE:
        return None
    return hashlib.sha256(canonical([str(stamp.path), stamp.size, stamp.mtime_ns])).digest()


def _is_nan(value: object) -> bool:
    """Whether a node says that it is never the same, be it in a list."""
    if isinstance(value, list | tuple):
        return any(_is_nan(part) for part in value)
    return isinstance(value, float) and math.isnan(value)
