"""A journal in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class ListJournal:
    """What an earlier run wrote, and what this one writes."""

    records: Sequence[bytes] = ()
    written: list[bytes] = field(default_factory=list)

    def append(self, record: bytes) -> None:
        """Write down one more record."""
        self.written.append(record)
