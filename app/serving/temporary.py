"""Removes what an earlier server left in the temporary folder."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def leftovers(folder: Path) -> tuple[os.DirEntry[str], ...]:
    """List what is in a folder; nothing if there is none."""
    try:
        with os.scandir(folder) as entries:
            return tuple(entries)
    except OSError:
        return ()


def remove(entries: tuple[os.DirEntry[str], ...]) -> None:
    """Remove files and folders; links go and what they lead to stays. What cannot go stays, too."""
    for entry in entries:
        with suppress(OSError):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                os.unlink(entry.path)  # noqa: PTH108 - one call for each of thousands of files
