"""Names that clients send, to files that are certainly below one folder.

A name is checked first, by the same rules on every system, so that what one machine writes every
other can read: no separators but `/`, no drive letters or streams, no names that Windows keeps for
devices, no control characters, no dots or blanks at the end. Then the path is resolved, links
followed, and must still be below the folder. A file is opened by walking down from the folder
without following links, so that a link that is put there in between leads nowhere.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from graph.errors import GraphError

_LONGEST_NAME = 255
_LONGEST_PATH = 1_000
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\..*)?",
    re.IGNORECASE | re.DOTALL,
)
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FOLLOW_NONE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)


class PathRefusedError(GraphError):
    """A name that is no name for a file here.

    Attributes:
        escapes: Whether it would lead out of the folder, rather than be malformed.
    """

    def __init__(self, sentence: str, *, escapes: bool = False) -> None:
        super().__init__(sentence)
        self.escapes = escapes


def check_name(name: str) -> str:
    """Return a file's name if it is one.

    Raises:
        PathRefusedError: It is not; the sentence says why.
    """
    shown = _shown(name)
    if not name or name in (".", ".."):
        raise PathRefusedError(f"{shown} is no file name", escapes=name == "..")
    if _ODD.search(name):
        raise PathRefusedError(f"{shown} holds characters that no file name may have")
    if "/" in name or "\\" in name or ":" in name:
        raise PathRefusedError(
            f"{shown} is no file name: it may not hold /, \\ or :", escapes="/" in name
        )
    if name.endswith((".", " ")):
        raise PathRefusedError(f"{shown} ends in a dot or blank, which some systems drop")
    if _DEVICE.fullmatch(name):
        raise PathRefusedError(f"{shown} is the name of a device on some systems")
    if len(name.encode()) > _LONGEST_NAME:
        raise PathRefusedError(f"{shown} is longer than {_LONGEST_NAME} bytes")
    return name


def split_path(path: str) -> tuple[str, ...]:
    """Return the names in a path with `/` between them; none for an empty one.

    Raises:
        PathRefusedError: It is absolute, leads upwards, or holds what is no name.
    """
    if not path:
        return ()
    if len(path) > _LONGEST_PATH:
        raise PathRefusedError(f"{_shown(path)} is longer than {_LONGEST_PATH} characters")
    if path.startswith(("/", "\\")):
        raise PathRefusedError(f"{_shown(path)} must not begin with a separator", escapes=True)
    return tuple(check_name(part) for part in path.removesuffix("/").split("/"))


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that nobody gets out of.

    Attributes:
        root: The folder; may itself be a link.
    """

    root: Path

    def path(self, *names: str) -> Path:
        """Return where names that were checked lead, links followed. It need not exist.

        Raises:
            PathRefusedError: It is outside.
        """
        try:
            root = os.path.realpath(self.root)
            found = os.path.realpath(os.path.join(root, *names))  # noqa: PTH118 - of one spelling
        except (OSError, ValueError) as error:
            raise PathRefusedError(f"{_shown('/'.join(names))} cannot be a path here") from error
        if found != root and not found.startswith(root.rstrip(os.sep) + os.sep):
            raise PathRefusedError(
                f"{_shown('/'.join(names))} leads out of its folder by a link", escapes=True
            )
        return Path(found)

    def resolve(self, path: str) -> Path:
        """Return where a path of names with `/` between them leads, links followed.

        Raises:
            PathRefusedError: It is no path, or outside.
        """
        return self.path(*split_path(path))

    def open(self, path: Path) -> BinaryIO:
        """Open a file that `path` or `resolve` has found, for reading.

        Raises:
            FileNotFoundError: It is not there, is no plain file, or is behind a link by now.
        """
        names = path.relative_to(os.path.realpath(self.root)).parts
        try:
            descriptor = self._walk(names)
        except OSError as error:
            raise FileNotFoundError(*error.args) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise FileNotFoundError(f"{path} is no plain file")
        return os.fdopen(descriptor, "rb")

    def _walk(self, names: tuple[str, ...]) -> int:
        if sys.platform == "win32" or os.open not in os.supports_dir_fd:
            return os.open(self.path(*names), os.O_RDONLY | _BINARY)
        at = os.open(os.path.realpath(self.root), os.O_RDONLY | os.O_DIRECTORY)
        for index, name in enumerate(names):
            more = os.O_DIRECTORY if index < len(names) - 1 else 0
            try:
                below = os.open(name, os.O_RDONLY | _FOLLOW_NONE | more, dir_fd=at)
            finally:
                os.close(at)
            at = below
        return at


def _shown(name: str) -> str:
    text = repr(name)
    return text if len(text) <= 80 else text[:77] + "…'"
