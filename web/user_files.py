"""The user's own files: workflows and what else the editor keeps, below one folder.

The folder is `default` in the user folder, where ComfyUI has it. Nothing of the server's own lies
in there: the database and the settings are one level above, and what ComfyUI left of its settings
in there is not shown.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.errors import WebError, bad_request, forbidden, not_found
from web.paths import PathRefusedError, Place, split_path
from web.uploads import create, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_HIDDEN = frozenset({"comfy.settings.json"})
_MANY = 100_000


@dataclass(frozen=True, slots=True)
class UserFile:
    """A file or folder of the user's.

    Attributes:
        path: Relative to the user's folder, with `/` between names.
        size: In bytes; None for a folder.
        modified: Seconds since the epoch.
    """

    path: str
    size: int | None
    modified: float

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]


class UserFiles:
    """The files below a folder.

    Args:
        root: The folder; made when the first file is written.
    """

    def __init__(self, root: Path) -> None:
        self._place = Place(root)

    def below(self, folder: str, *, recurse: bool, folders: bool = False) -> list[UserFile]:
        """List the files in a folder, sorted by path.

        Args:
            folder: Relative to the user's.
            recurse: Whether to list what is in folders in it, too.
            folders: Whether to list folders themselves.

        Raises:
            WebError: It is not there, or outside.
        """
        start = self._path(folder, whole=True)
        if not start.is_dir():
            if not folder:
                return []
            raise not_found(f"there is no folder {folder[:200]!r}", "file_not_found")
        root = os.path.realpath(self._place.root)
        found = list(self._walk(str(start), root, recurse=recurse, folders=folders))
        return sorted(found, key=lambda file: file.path)

    def open(self, path: str) -> BinaryIO:
        """Open a file.

        Raises:
            WebError: It is not there, or outside.
        """
        try:
            return self._place.open(self._path(path))
        except OSError as error:
            raise _missing(path) from error

    def write(self, path: str, content: bytes, *, overwrite: bool) -> UserFile:
        """Write a file whole.

        Raises:
            WebError: It is there and not to be overwritten, or cannot be written.
        """
        target = self._target(path)
        try:
            if overwrite:
                write_whole(target, content)
            else:
                self._create(target, content, path)
        except OSError as error:
            raise _unwritable(path, error) from error
        return self.look(path)

    def look(self, path: str) -> UserFile:
        """Return what is known of a file.

        Raises:
            WebError: It is not there.
        """
        found = self._path(path)
        try:
            status = found.stat()
        except OSError as error:
            raise _missing(path) from error
        return UserFile("/".join(split_path(path)), status.st_size, status.st_mtime)

    def delete(self, path: str) -> None:
        """Remove a file.

        Raises:
            WebError: It is not there.
        """
        found = self._path(path)
        if not found.is_file():
            raise _missing(path)
        try:
            found.unlink()
        except OSError as error:
            raise _unwritable(path, error) from error

    def move(self, path: str, to: str, *, overwrite: bool) -> UserFile:
        """Give a file another path.

        Raises:
            WebError: It is not there, or the other one is taken and not to be overwritten.
        """
        source, target = self._path(path), self._target(to)
        if not source.is_file():
            raise _missing(path)
        try:
            if overwrite:
                source.replace(target)
            elif create(source, target):
                source.unlink(missing_ok=True)
            else:
                raise _taken(to)
        except OSError as error:
            raise _unwritable(to, error) from error
        return self.look(to)

    def _create(self, target: Path, content: bytes, path: str) -> None:
        waiting = target.with_name(f".{secrets.token_hex(8)}.part")
        try:
            waiting.write_bytes(content)
            if not create(waiting, target):
                raise _taken(path)
        finally:
            waiting.unlink(missing_ok=True)

    def _target(self, path: str) -> Path:
        target = self._path(path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(path, error) from error
        if target.is_dir():
            raise bad_request(f"{path[:200]!r} is a folder", type_="cannot_write")
        return target

    def _path(self, path: str, *, whole: bool = False) -> Path:
        """Return where a path leads; `whole` if that may be the folder itself."""
        try:
            names = split_path(path)
            found = self._place.path(*names)
        except PathRefusedError as error:
            refuse = forbidden if error.escapes else bad_request
            raise refuse(str(error), type_="bad_path") from error
        if not names and not whole:
            raise bad_request("name a file", type_="bad_path")
        if names and names[-1].lower() in _HIDDEN:
            raise forbidden("settings have routes of their own", "bad_path")
        return found

    def _walk(self, start: str, root: str, *, recurse: bool, folders: bool) -> Iterator[UserFile]:
        todo = [start]
        seen = 0
        while todo and seen < _MANY:
            for entry in _entries(todo.pop()):
                seen += 1
                # Links are left out: where they lead is not looked at here.
                is_folder = entry.is_dir(follow_symlinks=False)
                if is_folder and recurse:
                    todo.append(entry.path)
                is_file = entry.is_file(follow_symlinks=False) and _is_shown(entry.name)
                if is_file or (is_folder and folders):
                    with suppress(OSError):  # it went away a moment ago
                        yield _described(entry, root)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _described(entry: os.DirEntry[str], root: str) -> UserFile:
    status = entry.stat(follow_symlinks=False)
    path = os.path.relpath(entry.path, root).replace(os.sep, "/")
    return UserFile(path, None if entry.is_dir() else status.st_size, status.st_mtime)


def _is_shown(name: str) -> bool:
    return name.lower() not in _HIDDEN and not (name.startswith(".") and name.endswith(".part"))


def _missing(path: str) -> WebError:
    return not_found(f"there is no file {path[:200]!r}", "file_not_found")


def _taken(path: str) -> WebError:
    return WebError(
        409,
        "file_exists",
        f"there is a file {path[:200]!r} already; say overwrite=true to replace it",
    )


def _unwritable(path: str, error: OSError) -> WebError:
    reason = error.strerror or "unknown reason"
    return bad_request(f"{path[:200]!r} cannot be written: {reason}", type_="cannot_write")
