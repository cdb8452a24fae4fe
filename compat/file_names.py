"""Names of files as packs list and save them."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from graph.folders import contained

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_TIMES = ("year", "month", "day", "hour", "minute", "second")


def files_below(
    root: Path, suffixes: Collection[str], excluded: Collection[str] = (".git",)
) -> Iterator[str]:
    """Yield the names of files below a folder, relative to it, links followed once.

    Args:
        root: The folder, which need not be there.
        suffixes: Those that are wanted, with their dot; any if there are none.
        excluded: Names of folders that are left out.
    """
    seen: set[str] = set()
    for place, folders, files in os.walk(root, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [name for name in folders if name not in excluded]
        for file in files:
            if not suffixes or Path(file).suffix.lower() in suffixes:
                yield os.path.relpath(Path(place) / file, root)


def save_path(prefix: str, root: Path, width: int, height: int) -> tuple[str, str, int, str, str]:
    """Return where the next file of a prefix goes, as `folder_paths.get_save_image_path` does.

    Raises:
        UnsafePathError: The prefix leads out of the folder.
    """
    filled = _filled(prefix, width, height)
    relative = Path(os.path.normpath(filled))
    subfolder = "" if relative.parent == Path() else str(relative.parent)
    folder = contained(root, subfolder, "output") if subfolder else root
    folder.mkdir(parents=True, exist_ok=True)
    stem = relative.name
    return str(folder), stem, _next_number(folder, stem), subfolder, filled


def _filled(prefix: str, width: int, height: int) -> str:
    now = datetime.now()
    values = {"width": str(width), "height": str(height), "year": str(now.year)}
    values |= {name: f"{getattr(now, name):02}" for name in _TIMES[1:]}
    return re.sub(r"%(\w+)%", lambda match: values.get(match[1], match[0]), prefix)


def _next_number(folder: Path, stem: str) -> int:
    """One more than the largest number behind `stem_` in a folder; upper and lower case alike."""
    numbered = re.compile(rf"{re.escape(stem)}_(\d+)", re.IGNORECASE)
    taken = (match for path in folder.iterdir() if (match := numbered.match(path.name)))
    return max((int(match[1]) for match in taken), default=0) + 1
