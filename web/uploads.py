"""Files that clients send: counted as they come, written whole or not at all, never over another.

A file goes to a hidden temporary name beside its place first. Only when it is complete does it get
its name, in one step that fails if the name is taken; then the next number is tried.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from web.errors import bad_request

if TYPE_CHECKING:
    from web.paths import Place

_MANY = 10_000


def store(place: Place, names: tuple[str, ...], content: bytes, *, overwrite: bool) -> str:
    """Write a file and return the name that it got: the same content gets the same name.

    Args:
        place: The folder.
        names: Checked; the last one is the file's.
        content: What is in it.
        overwrite: Whether to replace a file of that name.

    Raises:
        PathRefusedError: The path leads out.
        WebError: It cannot be written under any such name.
    """
    folder = place.path(*names[:-1])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        waiting = folder / f".{secrets.token_hex(8)}.part"
        try:
            waiting.write_bytes(content)
            if overwrite:
                return _replace(waiting, place.path(*names), names[-1])
            return _number(place, waiting, names, content)
        finally:
            waiting.unlink(missing_ok=True)
    except OSError as error:
        raise bad_request(
            f"the file cannot be written: {error.strerror or 'unknown reason'}",
            type_="cannot_write",
        ) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that readers see the old content or the new, and nothing in between."""
    waiting = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with waiting.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)


def create(waiting: Path, path: Path) -> bool:
    """Give a complete file its name, unless that is taken; answers whether it got it."""
    try:
        os.link(waiting, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        try:
            path.open("xb").close()
        except FileExistsError:
            return False
        waiting.replace(path)
    return True


def _replace(waiting: Path, path: Path, name: str) -> str:
    if path.is_dir():
        raise bad_request(f"{name!r} is a folder", type_="cannot_write")
    waiting.replace(path)
    return name


def _number(place: Place, waiting: Path, names: tuple[str, ...], content: bytes) -> str:
    stem, suffix = PurePath(names[-1]).stem, PurePath(names[-1]).suffix
    for number in range(_MANY):
        name = f"{stem} ({number}){suffix}" if number else names[-1]
        path = place.path(*names[:-1], name)
        if create(waiting, path):
            return name
        with suppress(OSError):
            if path.stat().st_size == len(content) and path.read_bytes() == content:
                return name
    raise bad_request(f"there are too many files called {names[-1]!r}", type_="cannot_write")
