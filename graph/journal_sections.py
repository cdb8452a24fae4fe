"""One journal shared by the calls of a node that runs once for each item of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.context import Journal

_PREFIX = 4


class Sections:
    """Hands out a part of a journal for each time that it is asked for.

    Calls come in the same order each time the node runs, so the n-th finds what the n-th wrote.

    Args:
        open_journal: Opens the journal, when it is first needed; None if there can be none.
    """

    def __init__(self, open_journal: Callable[[], Journal | None]) -> None:
        self._open = open_journal
        self._journal: Journal | None = None
        self._count = 0

    def next(self) -> Section | None:
        """Return the next part; None if there is no journal."""
        if not self._count:
            self._journal = self._open()
        number, self._count = self._count, self._count + 1
        return None if self._journal is None else Section(self._journal, number)


@dataclass(frozen=True)
class Section:
    """A part of a journal, which looks like a journal.

    Attributes:
        journal: The whole.
        number: Which part, from 0.
    """

    journal: Journal
    number: int

    @property
    def records(self) -> Sequence[bytes]:
        """What an earlier process wrote in this part, in order."""
        prefix = self._prefix
        return [r[_PREFIX:] for r in self.journal.records if r[:_PREFIX] == prefix]

    def append(self, record: bytes) -> None:
        """Write down one more record of this part."""
        self.journal.append(self._prefix + record)

    @property
    def _prefix(self) -> bytes:
        return self.number.to_bytes(_PREFIX, "little")
