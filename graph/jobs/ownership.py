"""Who may write the queue: one process at a time, by a lock that ends with it, however it ends."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from graph.jobs.errors import StoreError, StoreOwnedError

if TYPE_CHECKING:
    from pathlib import Path

_owned: set[str] = set()
"""What this process owns: the system's locks are between processes only."""

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        # Not flock: its lock would live on in children that were forked.
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Ownership:
    """Held from construction until `release` or the end of the process.

    Args:
        database: What is owned; the lock is a file beside it.

    Raises:
        StoreOwnedError: Another process holds it, or this one does already.
        StoreError: The lock's file cannot be made.
    """

    def __init__(self, database: Path) -> None:
        owned = database.resolve()
        path = owned.with_name(owned.name + ".lock")
        self._name = str(path)
        if self._name in _owned:
            raise _owned_by("this process", database)
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreError(
                f"cannot lock the queue's database: {path} cannot be made ({error.strerror});"
                " allow writing to its folder, or choose another with --user-directory"
            ) from error
        try:
            _lock(self._descriptor)
        except OSError as error:
            os.lseek(self._descriptor, 1, os.SEEK_SET)
            owner = os.read(self._descriptor, 20).decode(errors="replace").strip()
            os.close(self._descriptor)
            raise _owned_by(f"process {owner}" if owner else "another process", database) from error
        _owned.add(self._name)
        # Past the first byte, which is the one that Windows locks against reading, too.
        os.write(self._descriptor, f" {os.getpid():<19}".encode())

    def release(self) -> None:
        """Let another process be the owner."""
        if self._name in _owned:
            _owned.discard(self._name)
            os.close(self._descriptor)


def _owned_by(who: str, database: Path) -> StoreOwnedError:
    return StoreOwnedError(
        f"{who} serves the queue in {database} already;"
        " stop that server, or give this one a folder of its own with --user-directory"
    )
