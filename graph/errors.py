"""Everything that `graph` raises on purpose descends from `GraphError`.

An error is one clear sentence: what was expected, what came, where, and what to do about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class GraphError(Exception):
    """Base of all errors of the engine."""


class FormatError(GraphError):
    """A file or request is not a workflow in any format that is understood.

    Attributes:
        problems: One sentence for each thing that is wrong; the message is all of them.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems

    @classmethod
    def of(cls, problems: Iterable[str]) -> FormatError:
        """Return one error for several problems, each named once, in order."""
        return cls(*dict.fromkeys(problems))
