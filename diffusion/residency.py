"""Who is on which device: the one place that decides whose weights stay and whose go.

A module's weights come from a mapped file, so that sending them away costs nothing and they can be
fetched again: straight from the file to the device. A device has a budget; when a module that is
needed does not fit, those used least recently leave first, and never one that is in use. Without a
budget nothing leaves unless it is told to.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import nn

    Budget = Callable[[torch.device], int | None]


class Resident(Protocol):
    """Weights that can be on their device or away from it."""

    @property
    def device(self) -> torch.device:
        """Where they are when they are needed."""

    @property
    def size(self) -> int:
        """Bytes they take there."""

    def arrive(self) -> None:
        """Be put onto the device."""

    def leave(self) -> None:
        """Be taken off the device."""


@dataclass
class _Stay:
    """One resident's stay."""

    there: bool = False
    users: int = 0
    last_used: int = 0


def _no_budget(_device: torch.device) -> int | None:
    return None


class Residency:
    """Keeps the weights on each device within its budget. May be used by several threads.

    Args:
        budget: Bytes that weights may take on a device; None where nobody counts.
    """

    def __init__(self, budget: Budget = _no_budget) -> None:
        self._budget = budget
        # Weak: a model that nobody holds any more is forgotten along with its memory.
        self._stays: WeakKeyDictionary[Resident, _Stay] = WeakKeyDictionary()
        self._clock = 0
        self._lock = RLock()

    def admit(self, resident: Resident) -> None:
        """Put weights onto their device, others making room, and remember them."""
        with self.using(resident):
            pass

    @contextmanager
    def using(self, resident: Resident) -> Iterator[None]:
        """Have weights on their device, where they stay at least until the block ends."""
        stay = self._come(resident)
        try:
            yield
        finally:
            with self._lock:
                stay.users -= 1

    def taken(self, device: torch.device) -> int:
        """Return the bytes that weights take on a device now."""
        with self._lock:
            there = [(r, stay) for r, stay in self._stays.items() if stay.there]
            return sum(resident.size for resident, _ in there if resident.device == device)

    def make_room(self, size: int, device: torch.device | None = None) -> int:
        """Send away what is not in use, least recently used first, until so many bytes are free.

        Args:
            size: Bytes to free.
            device: Where; None for any device.

        Returns:
            The bytes that became free, perhaps fewer.
        """
        freed = 0
        with self._lock:
            for resident in self._idle(device):
                if freed >= size:
                    break
                resident.leave()
                self._stays[resident].there = False
                freed += resident.size
        return freed

    def unload_all(self) -> int:
        """Send away all that is not in use; the bytes that became free."""
        with self._lock:
            return self.make_room(sum(resident.size for resident in self._idle(None)))

    def _come(self, resident: Resident) -> _Stay:
        with self._lock:
            stay = self._stays.setdefault(resident, _Stay())
            self._clock += 1
            stay.last_used = self._clock
            if not stay.there:
                self._fit(resident)
                self._bring(resident)
                stay.there = True
            stay.users += 1
            return stay

    def _fit(self, resident: Resident) -> None:
        budget = self._budget(resident.device)
        if budget is not None:
            over = self.taken(resident.device) + resident.size - budget
            self.make_room(over, resident.device)

    def _bring(self, resident: Resident) -> None:
        try:
            resident.arrive()
        except torch.OutOfMemoryError:
            # The budget was a guess: other programs may have taken what was free.
            resident.leave()
            if not self.make_room(resident.size, resident.device):
                raise
            resident.arrive()

    def _idle(self, device: torch.device | None) -> list[Resident]:
        """Who is there and not in use, the least recently used first."""
        idle = [
            (stay.last_used, number, resident)
            for number, (resident, stay) in enumerate(self._stays.items())
            if stay.there and not stay.users and device in {None, resident.device}
        ]
        return [resident for _, _, resident in sorted(idle, key=lambda item: item[:2])]


@dataclass(frozen=True)
class Lodging:
    """What a module knows of its own residency.

    Attributes:
        residency: Who decides.
        resident: Its weights.
    """

    residency: Residency
    resident: Resident


def lodge(module: nn.Module, residency: Residency, resident: Resident) -> None:
    """Put the weights of a module in a residency's hands; `in_use` then finds them."""
    module.lodging = Lodging(residency, resident)  # type: ignore[assignment]
    residency.admit(resident)


@contextmanager
def in_use(module: nn.Module) -> Iterator[None]:
    """Have the weights of a module on their device while the block lasts.

    A module that nobody manages is where it is.
    """
    lodging = module.__dict__.get("lodging")
    if lodging is None:
        yield
        return
    with lodging.residency.using(lodging.resident):
        yield


def cuda_budget(device: torch.device) -> int | None:
    """What weights may take on a device: on a GPU what is free but room to compute in."""
    if device.type != "cuda":
        return None
    free, total = torch.cuda.mem_get_info(device)
    ours = torch.cuda.memory_reserved(device)
    return free + ours - max(_LEAST_ROOM, total // _ROOM_SHARE)


_LEAST_ROOM = 2 * 10**9
_ROOM_SHARE = 5
