"""Main memory: how much there is, and a limit that turns running out of it into an error.

Linux hands out more memory than there is and kills a process that uses it, without a word. Below
the limit an allocation that cannot be met fails instead, in the node that asked for it.
"""

from __future__ import annotations

import gc
import os
import re
import sys
import time
from pathlib import Path

_CGROUP_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
_SPARE = 20
"""One part in so many of the memory is to stay free."""
_MOMENT = 0.25


def total() -> int | None:
    """Return the bytes of main memory that this process may have; None where it is not known."""
    linux = _meminfo().get("MemTotal")
    if linux is not None:
        return min([linux, *_container_limits()])
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def free() -> int | None:
    """Return the bytes that could be had now; None where it is not known."""
    return _meminfo().get("MemAvailable")


def _meminfo() -> dict[str, int]:
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return {}
    return {
        name: int(kilobytes) * 1024
        for name, kilobytes in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)
    }


def _container_limits() -> list[int]:
    limits = []
    for path in _CGROUP_LIMITS:
        try:
            limits.append(int(path.read_text(encoding="ascii")))
        except (OSError, ValueError):
            continue
    return limits


def limit() -> None:
    """Let this process have no more memory than is free now, where the system can be told so."""
    known = _meminfo()
    if sys.platform != "linux" or "MemAvailable" not in known:
        return
    import resource

    room = min([known["MemAvailable"] + known.get("SwapFree", 0), *_container_limits()])
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    given = [bound for bound in (soft, hard) if bound != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min([room, *given]), hard))


class Shortage:
    """How many bytes the machine lacks: what is free is to stay above a part of what there is.

    Looking takes a while, so what was seen counts for a moment.
    """

    def __init__(self) -> None:
        self._least = (total() or 0) // _SPARE
        self._looked = 0.0
        self._free: int | None = None

    def __call__(self) -> int:
        """Return the bytes."""
        now = time.monotonic()
        if now - self._looked > _MOMENT:
            self._looked, self._free = now, free()
        return 0 if self._free is None else max(0, self._least - self._free)


def collect_rarely() -> None:
    """Have Python look for garbage in circles less often: it takes its time among many objects."""
    gc.set_threshold(200_000, 20, 50)


def ran_out(error: BaseException | None) -> bool:
    """Whether an error means that there was too little memory, on the processor or a GPU."""
    if error is None:
        return False
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    words = r"can't allocate memory|not enough memory|out of memory"
    return isinstance(error, RuntimeError) and re.search(words, str(error)) is not None
