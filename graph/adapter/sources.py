"""The version of foreign code is its source: results of other code are stale."""

from __future__ import annotations

import hashlib
import inspect
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def version_of(cls: type) -> str:
    """Return a hash of the files that a class and its bases are written in."""
    return _version(cls.__qualname__, (base.__module__ for base in cls.__mro__))


def version_of_function(function: object) -> str:
    """Return a hash of the file that a function is written in."""
    name = getattr(function, "__qualname__", "")
    return _version(name, (getattr(function, "__module__", ""),))


def _version(name: str, modules: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for file in dict.fromkeys(map(_file, modules)):
        if file is not None:
            digest.update(_content(file, *_stamp(file)))
    digest.update(name.encode())
    return digest.hexdigest()[:32]


def _file(name: str) -> str | None:
    module = sys.modules.get(name)
    if module is None or name in sys.stdlib_module_names:
        return None
    try:
        return inspect.getsourcefile(module)
    except TypeError:
        return None


def _stamp(file: str) -> tuple[int, int]:
    try:
        found = Path(file).stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=4096)
def _content(file: str, _changed: int, _size: int) -> bytes:
    """The hash of a file's content, read once unless it changes."""
    try:
        return hashlib.sha256(Path(file).read_bytes()).digest()
    except OSError:
        return b""
