"""Pages of mapped files, given back once they were read.

The system counts pages of a mapped file as a process's memory until it needs them for something
else. Weights that were converted are not looked at again, so their pages may go at once; should
somebody look, the system fetches them anew.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

_MAPS = Path("/proc/self/maps")


class MappedMemory:
    """Where files are mapped in this process, as it is now; Linux only, elsewhere nowhere."""

    def __init__(self) -> None:
        self._ranges = _file_ranges() if sys.platform == "linux" else []

    def give_back(self, tensor: Tensor) -> bool:
        """Give back the pages of a tensor that lies in a mapped file and was not written to.

        Returns:
            Whether it did. A tensor that lies elsewhere is left alone.
        """
        start, end = tensor.data_ptr(), tensor.data_ptr() + tensor.nbytes
        place = bisect_right(self._ranges, (start, sys.maxsize)) - 1
        if not tensor.is_contiguous() or place < 0 or end > self._ranges[place][1]:
            return False
        page = mmap.PAGESIZE
        first, last = -(-start // page) * page, end // page * page
        return first < last and _advise()(first, last - first, mmap.MADV_DONTNEED) == 0


def _file_ranges() -> list[tuple[int, int]]:
    """First and last address of each mapping of a file that nobody shares, rising."""
    ranges = []
    for line in _MAPS.read_text(encoding="utf-8", errors="replace").splitlines():
        addresses, rights, _, _, inode = line.split(maxsplit=5)[:5]
        if inode != "0" and rights.startswith("r") and "x" not in rights:
            start, end = (int(address, 16) for address in addresses.split("-"))
            ranges.append((start, end))
    return sorted(ranges)


@cache
def _advise() -> Callable[[int, int, int], int]:
    function = ctypes.CDLL(None).madvise
    function.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    function.restype = ctypes.c_int
    advise: Callable[[int, int, int], int] = function
    return advise
