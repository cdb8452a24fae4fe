"""The version of foreign code is its source: results of other code are stale."""

from __future__ import annotations

import hashlib
import inspect
import sys
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Iterable


def version_of(cls: type, package: str = "") -> str:
    """Return a hash of the files that a class and its bases are written in.

    Args:
        cls: The class.
        package: The module of the pack that brings it, all of whose modules count.
    """
    return _version(cls.__qualname__, (base.__module__ for base in cls.__mro__), package)


def version_of_function(function: object, package: str = "") -> str:
    """Return a hash of the file that a function is written in; see `version_of`."""
    name = getattr(function, "__qualname__", "")
    return _version(name, (getattr(function, "__module__", ""),), package)


_packages: WeakKeyDictionary[ModuleType, bytes] = WeakKeyDictionary()
"""The hash of each package's modules as they were when a class of it was first asked for: it may
import more of them while it runs, and that changes nothing."""


def _version(name: str, modules: Iterable[str], package: str) -> str:
    digest = hashlib.sha256(_version_of_package(package))
    for file in dict.fromkeys(map(_file, modules)):
        if file is not None:
            digest.update(_content(file, *_stamp(file)))
    digest.update(name.encode())
    return digest.hexdigest()[:32]


def _version_of_package(name: str) -> bytes:
    module = sys.modules.get(name)
    if not isinstance(module, ModuleType):  # some packs put something else in their place
        return b""
    if module not in _packages:
        digest = hashlib.sha256()
        for part in sorted(key for key in sys.modules if f"{key}.".startswith(f"{name}.")):
            file = _file(part)
            if file is not None:
                digest.update(part.encode() + _content(file, *_stamp(file)))
        _packages[module] = digest.digest()
    return _packages[module]


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
