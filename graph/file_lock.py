"""Locks on open files, which the system lets go of when their holder dies, however it dies.

What is locked is a byte far behind the end of any file: where locks bind everybody, on Windows,
the content can be read all the same.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    _FAR = 2**40

    def _take(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def try_lock(descriptor: int) -> bool:
    """Lock an open file against every other opening of it, of this process or another.

    Closing it lets go. The position in the file may change.

    Returns:
        Whether the lock was had; not if another holds it, or the file system knows no locks.
    """
    try:
        _take(descriptor)
    except OSError:
        return False
    return True


def still_at(path: Path, descriptor: int) -> bool:
    """Whether an open file is the one that a path leads to: nobody removed it meanwhile."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False
