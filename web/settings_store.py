"""The user's settings: JSON values by name.

`SettingsStore` is what the routes need. `FileSettings` keeps them in one JSON file, which is
replaced whole; a file that cannot be read is moved aside, never overwritten.
"""

from __future__ import annotations

import json
import time
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from web.uploads import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graph.workflow import Json


class SettingsStore(Protocol):
    """Where settings are; its methods may be called from any thread."""

    def all(self) -> dict[str, Json]:
        """Return all settings."""

    def merge(self, changes: Mapping[str, Json]) -> None:
        """Set some of them, and keep the others."""


class FileSettings:
    """Settings in a JSON file.

    Args:
        path: The file; made when the first setting is set.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()

    def all(self) -> dict[str, Json]:
        """Return all settings."""
        with self._lock:
            return self._read()

    def merge(self, changes: Mapping[str, Json]) -> None:
        """Set some of them, and keep the others.

        Raises:
            OSError: They cannot be written.
        """
        with self._lock:
            merged = {**self._read(), **changes}
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(merged, indent=1, sort_keys=True).encode())

    def _read(self) -> dict[str, Json]:
        try:
            found = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            return found
        self._path.replace(self._path.with_suffix(f".damaged-{time.time_ns()}"))
        return {}
