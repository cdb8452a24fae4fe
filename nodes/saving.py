"""Numbered files, `PREFIX_00001_.png`, that never overwrite one another and are never half there.

A file is written whole under a hidden name and then linked to its own, which fails when somebody
else, perhaps another process, has taken it; the next number is tried then.
"""

import errno
import os
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from graph.errors import NodeInputError
from nodes.naming import BATCH_NUMBER, split

Write = Callable[[BinaryIO], None]

# What a file system that knows no hard links answers when asked for one.
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@dataclass(frozen=True)
class Series:
    """A row of numbered files.

    Attributes:
        root: The output or temporary folder.
        folders: Folders below it, outermost first.
        stem: What comes before the number; may hold `%batch_num%`.
        suffix: With its dot.
        lasting: Whether the files are to survive a power cut.
    """

    root: Path
    folders: tuple[str, ...]
    stem: str
    suffix: str
    lasting: bool = True

    @classmethod
    def of(cls, root: Path, prefix: str, suffix: str, *, lasting: bool = True) -> "Series":
        """The row that a filled-in prefix names.

        Raises:
            NodeInputError: The prefix leads out of the root folder.
        """
        if Path(prefix).is_absolute() or re.match(r"[A-Za-z]:[/\\]", prefix):
            raise _outside(prefix, root)
        folders, stem = split(prefix)
        if ".." in folders:
            raise _outside(prefix, root)
        return cls(root, folders, stem, suffix, lasting)

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self.root.joinpath(*self.folders)

    @property
    def subfolder(self) -> str:
        """The folder below the root, with `/`, empty for the root itself."""
        return "/".join(self.folders)

    def save(self, writers: Sequence[Write]) -> list[Path]:
        """Write one file for each of a batch, each with the next free number.

        Args:
            writers: Each is given a file that is open for binary writing.

        Raises:
            NodeInputError: The folder or a file cannot be made; what was begun is removed.
        """
        with _explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            if not self.folder.resolve().is_relative_to(self.root.resolve()):
                raise _outside("/".join((*self.folders, self.stem)), self.root)
            number = self._highest() + 1
        saved: list[Path] = []
        for batch_number, write in enumerate(writers):
            with _explained(self.folder), self._draft(write) as draft:
                number = self._publish(draft, batch_number, number)
            saved.append(self._path(batch_number, number))
            number += 1
        return saved

    def _highest(self) -> int:
        """The highest number that is taken, whatever the files' suffix; 0 if none is."""
        stem = re.escape(os.path.normcase(self.stem))
        pattern = re.compile(stem.replace(re.escape(BATCH_NUMBER), r"\d+") + r"_(\d+)_")
        names = (os.path.normcase(entry.name) for entry in os.scandir(self.folder))
        matches = (pattern.match(name) for name in names)
        return max((int(match[1]) for match in matches if match), default=0)

    def _path(self, batch_number: int, number: int) -> Path:
        stem = self.stem.replace(BATCH_NUMBER, str(batch_number))
        return self.folder / f"{stem}_{number:05}_{self.suffix}"

    @contextmanager
    def _draft(self, write: Write) -> Iterator[Path]:
        """A whole file under a name that nobody looks for, gone afterwards."""
        draft = self.folder / f".{secrets.token_hex(8)}.part"
        try:
            with draft.open("xb") as file:
                write(file)
                file.flush()
                if self.lasting:
                    os.fsync(file.fileno())
            yield draft
        finally:
            draft.unlink(missing_ok=True)

    def _publish(self, draft: Path, batch_number: int, number: int) -> int:
        """Give a draft the first free name from a number on; return its number."""
        while not _link_unless_taken(draft, self._path(batch_number, number)):
            number += 1
        return number


def _link_unless_taken(draft: Path, path: Path) -> bool:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _claim_and_replace(draft, path)
    return True


def _claim_and_replace(draft: Path, path: Path) -> bool:
    """For file systems without hard links: an empty file holds the name until the draft moves."""
    try:
        path.open("xb").close()
    except FileExistsError:
        return False
    try:
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise
    return True


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turn what the system says about a file into what a person can do about it."""
    try:
        yield
    except OSError as error:
        raise NodeInputError(f"{folder} {_reason(error)}") from error


def _reason(error: OSError) -> str:
    elsewhere = "or choose another folder with --output-directory"
    if error.errno in _FULL:
        return f"has no room for the file: free some space {elsewhere}"
    if error.errno in _FORBIDDEN:
        return f"cannot be written to: change its permissions {elsewhere}"
    if isinstance(error, NotADirectoryError | FileExistsError):
        return "is no folder, or lies below a file: change filename_prefix, or move that file"
    return f"cannot be written to ({error.strerror or error}): change filename_prefix {elsewhere}"


def _outside(prefix: str, root: Path) -> NodeInputError:
    return NodeInputError(
        f"filename_prefix '{prefix}' leads out of the folder {root}: "
        "use a name, with folders below it if need be, without '..' and without a drive or '/' "
        "in front; --output-directory chooses another folder"
    )
