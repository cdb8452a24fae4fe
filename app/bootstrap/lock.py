"""A lock between processes, so that two first runs at once do not install over each other.

The operating system lets go of it when its holder dies, so a killed install leaves nothing behind
that would have to be cleared away by hand.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_PAUSE = 0.2


@contextmanager
def exclusive(path: Path, when_waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock `path` while the block runs; call `when_waiting` once if another has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        if not _try(file):
            when_waiting()
            while not _try(file):
                time.sleep(_PAUSE)
        yield  # closing the file lets go of the lock


def _try(file: IO[str]) -> bool:
    try:
        _take(file)
    except OSError:
        return False
    return True


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[str]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
