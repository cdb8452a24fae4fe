"""What node packs bring for the editor: scripts, templates and translations."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.workflow import Json

_TEMPLATES = ("example_workflows", "example", "examples", "workflow", "workflows")
_SECTIONS = ("nodeDefs", "commands", "settings")
_LONGEST = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Pack:
    """A node pack, as far as browsers are concerned.

    Attributes:
        name: Its folder's name.
        folder: Where it is.
        web: Its `WEB_DIRECTORY`, if it has one.
    """

    name: str
    folder: Path
    web: Path | None = None

    @property
    def templates(self) -> Path | None:
        """The folder that holds its example workflows."""
        found = (self.folder / name for name in _TEMPLATES)
        return next((folder for folder in found if folder.is_dir()), None)


BUILT_IN = Pack("safelight", Path(__file__).parents[1])
"""What comes with Safelight: the templates in `workflows/`."""


def scripts(packs: Iterable[Pack]) -> list[str]:
    """List the paths under which browsers get the packs' scripts."""
    return [
        f"/extensions/{pack.name}/{path}"
        for pack in packs
        if pack.web is not None
        for path in _below(pack.web)
        if path.endswith(".js")
    ]


def templates(packs: Iterable[Pack]) -> dict[str, list[str]]:
    """List the packs' example workflows, without their suffix."""
    found: dict[str, list[str]] = {}
    for pack in packs:
        folder = pack.templates
        names = [name.removesuffix(".json") for name in _names(folder) if name.endswith(".json")]
        if names:
            found[pack.name] = names
    return found


def translations(packs: Iterable[Pack]) -> dict[str, Json]:
    """Merge the packs' texts by language; of two packs that translate the same the later counts."""
    found: dict[str, Json] = {}
    for pack in packs:
        locales = pack.folder / "locales"
        for language in _names(locales):
            if (locales / language).is_dir():
                _merge(found, {language: _texts(locales / language)})
    return found


def _texts(folder: Path) -> dict[str, Json]:
    texts = _read(folder / "main.json")
    for section in _SECTIONS:
        more = _read(folder / f"{section}.json")
        if more:
            texts[section] = more
    return texts


def _read(path: Path) -> dict[str, Json]:
    try:
        if path.stat().st_size > _LONGEST:
            return {}
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _merge(into: dict[str, Json], more: dict[str, Json]) -> None:
    for key, value in more.items():
        there = into.get(key)
        if isinstance(there, dict) and isinstance(value, dict):
            _merge(there, value)
        else:
            into[key] = value


def _names(folder: Path | None) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir()) if folder else []
    except OSError:
        return []


def _below(folder: Path) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield Path(place, name).relative_to(folder).as_posix()
