"""Values as files, one for each key, that are whole or count for nothing.

A file is eight bytes that say what it is, a SHA-256 and the values' bytes. The sum covers the key
and a seal, such as the identities of the values, as well, so that a file under another name, or of
another making, is as good as a damaged one. Files appear at once, by renaming. Nothing is locked:
two processes that write the same key write the same values, and what is removed while it is read
is read to its end or is not there.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from pathlib import Path

_MAGIC = b"SLvalue1"
_HEADER = len(_MAGIC) + hashlib.sha256().digest_size
_DRAFT = ".part"
_ABANDONED = 3600.0
"""Seconds after which a draft, or a file that nobody knows, has no writer any more."""


class DamagedValueError(Exception):
    """A file does not hold what was written to it."""


class ValueFiles:
    """The files below one folder.

    Args:
        folder: Made when there is something to write.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, key: bytes) -> Path:
        """Return where a key's file is, or would be."""
        name = key.hex()
        return self._folder / name[:2] / name[2:]

    def write(self, key: bytes, seal: bytes, blocks: Iterable[bytes | memoryview]) -> int:
        """Write values and return the size of the file in bytes.

        Raises:
            OSError: The folder cannot be written to, or has no room; nothing is left of the file.
        """
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{secrets.token_hex(8)}{_DRAFT}")
        digest = hashlib.sha256(key + seal)
        try:
            with draft.open("xb") as file:
                file.write(bytes(_HEADER))
                for block in blocks:
                    digest.update(block)
                    file.write(block)
                size = file.tell()
                file.seek(0)
                file.write(_MAGIC + digest.digest())
            draft.replace(path)
        except BaseException:
            with suppress(OSError):
                draft.unlink()
            raise
        return size

    def read(self, key: bytes, seal: bytes) -> bytes | None:
        """Return the bytes that were written, or None if there is no such file.

        Raises:
            DamagedValueError: The file holds something else.
        """
        try:
            with self.path(key).open("rb") as file:
                header = file.read(_HEADER)
                content = file.read()
        except OSError:
            return None
        digest = hashlib.sha256(key + seal)
        digest.update(content)
        if header != _MAGIC + digest.digest():
            raise DamagedValueError(f"{self.path(key)} is damaged")
        return content

    def remove(self, keys: Iterable[bytes]) -> None:
        """Remove files, as far as they are there and the system lets them go."""
        for key in keys:
            with suppress(OSError):
                self.path(key).unlink()

    def sweep(self, known: Container[bytes]) -> int:
        """Remove what writers that were killed left behind; return how many files that were.

        Args:
            known: Keys whose files are to stay.
        """
        removed = 0
        for path in self._files():
            key = _key_of(path)
            with suppress(OSError):
                old = time.time() - path.stat().st_mtime > _ABANDONED
                if old and (key is None or key not in known):
                    path.unlink()
                    removed += 1
        return removed

    def clear(self) -> None:
        """Remove every file and folder, as far as the system lets them go."""
        for path in self._files():
            with suppress(OSError):
                path.unlink()
        with suppress(OSError):
            for folder in list(self._folder.iterdir()):
                with suppress(OSError):
                    folder.rmdir()
            self._folder.rmdir()

    def _files(self) -> Iterator[Path]:
        for folder, _, names in os.walk(self._folder):
            for name in names:
                yield self._folder.joinpath(folder, name)


def _key_of(path: Path) -> bytes | None:
    """The key whose file this is; None for a draft."""
    try:
        return bytes.fromhex(path.parent.name + path.name)
    except ValueError:
        return None
