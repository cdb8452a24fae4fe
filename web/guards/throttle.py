"""Wrong guesses cost time: after a few, an address waits, twice as long each time."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FREE = 5
"""Guesses that cost nothing: a person mistypes."""
LONGEST = 300.0
"""Seconds; also how long a clean record takes after the last wait."""
_REMEMBERED = 10_000


@dataclass(slots=True)
class _Record:
    failures: int = 0
    until: float = 0.0


class Throttle:
    """Counts wrong guesses by address.

    Args:
        clock: Seconds, from wherever.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def wait(self, address: str) -> float:
        """Return how many seconds an address must wait before its next guess."""
        record = self._records.get(_block(address))
        return max(0.0, record.until - self._clock()) if record else 0.0

    def failed(self, address: str) -> None:
        """Note a wrong guess."""
        block, now = _block(address), self._clock()
        record = self._records.pop(block, _Record())
        if now > record.until + LONGEST:
            record = _Record()
        record.failures += 1
        beyond = record.failures - FREE
        # The exponent is bounded: no wait is longer than the longest anyway.
        record.until = now + min(LONGEST, 2.0 ** min(beyond, 16)) if beyond > 0 else now
        self._records[block] = record
        while len(self._records) > _REMEMBERED:
            self._records.popitem(last=False)

    def succeeded(self, address: str) -> None:
        """Forget an address's wrong guesses."""
        self._records.pop(_block(address), None)


def _block(address: str) -> str:
    """One customer's addresses: of IPv6 everybody has 2^64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))
