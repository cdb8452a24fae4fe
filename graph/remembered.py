"""What nodes last made their results of, kept from one process to the next.

So that a process that has just begun can say what changed: `seed: 1 → 2` rather than `first run`.
It is written when an engine is closed, and now and then before. Nothing but words depends on it:
what cannot be written, or read again, is forgotten.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from graph.keys import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MOST = 2_000
"""Nodes to remember: those that were looked at last."""
_PACE = 30.0
"""Seconds between two times that it is written while the engine is in use."""
_LONGEST = 20_000
"""Characters that a recipe may take; one with a whole book in it is forgotten."""


def remembered_in(folder: Path) -> Remembered:
    """Return what is remembered in a cache folder."""
    return Remembered(folder / "recipes.json")


class Remembered:
    """The recipes in one file, by the ids of nodes.

    Args:
        path: The file; read when something is first asked.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: dict[str, str] | None = None
        self._due = time.monotonic() + _PACE

    def get(self, node_id: str) -> Recipe | None:
        """Return what an earlier process made a node's result of, if that is known."""
        line = self._load().get(node_id)
        return None if line is None else _recipe(line)

    def save_now_and_then(self, recipes: Mapping[str, Recipe]) -> None:
        """Remember recipes unless that was done a moment ago: this process may be killed."""
        if time.monotonic() >= self._due:
            self.save(recipes)
            self._due = time.monotonic() + _PACE

    def save(self, recipes: Mapping[str, Recipe]) -> None:
        """Remember recipes beside those that are remembered already."""
        before = self._load()
        lines = dict(before)
        for key, recipe in [*recipes.items()][-_MOST:]:
            line = _line(recipe)
            if line is not None:
                lines.pop(key, None)
                lines[key] = line
        if lines == before:
            return
        self._lines = dict([*lines.items()][-_MOST:])
        other = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            other.write_text(json.dumps(self._lines), "utf-8")
            other.replace(self._path)
        except (OSError, ValueError):  # ValueError: half a character, which no file can hold
            with suppress(OSError):
                other.unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget everything."""
        self._lines = {}
        with suppress(NotADirectoryError):
            self._path.unlink(missing_ok=True)

    def _load(self) -> dict[str, str]:
        if self._lines is None:
            try:
                found = json.loads(self._path.read_bytes())
            except (OSError, ValueError, RecursionError):
                found = None
            is_sound = isinstance(found, dict) and all(isinstance(v, str) for v in found.values())
            self._lines = found if is_sound else {}
        return self._lines


def _line(recipe: Recipe) -> str | None:
    """A recipe as text; None where that would not be the same recipe when it is read."""
    parts = [
        recipe.class_type,
        recipe.version,
        dict(recipe.constants),
        {name: identity.hex() for name, identity in recipe.sources.items()},
        {name: content.hex() for name, content in recipe.files.items()},
        list(recipe.salt),
        recipe.stamp,
    ]
    try:
        line = json.dumps(parts)
        same = len(line) <= _LONGEST and json.loads(line) == parts
    except (TypeError, ValueError, RecursionError):
        return None
    return line if same else None


def _recipe(line: str) -> Recipe | None:
    try:
        class_type, version, constants, sources, files, salt, stamp = json.loads(line)
        return Recipe(
            class_type,
            version,
            constants,
            {name: bytes.fromhex(identity) for name, identity in sources.items()},
            {name: bytes.fromhex(content) for name, content in files.items()},
            tuple(salt),
            stamp,
        )
    except (TypeError, ValueError, AttributeError, RecursionError):
        return None
