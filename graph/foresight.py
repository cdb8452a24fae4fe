"""Which of several nodes goes first: the one that the most work waits for.

What is still to come after a node is a path of nodes that wait for each other, and the longest one,
in seconds as far as they are known, is what the run cannot be shorter than: nodes go in the order
of these. An accelerator is busy for as long in any order; there only what others will do afterwards
counts, and among equals one output is finished before the next one is begun.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from graph.definition import Lane

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.checked import CheckedNode
    from graph.lanes import Priority
    from graph.plan import Plan

_UNKNOWN = 0.001
"""Seconds that a node takes of which nothing is known."""


class Foresight:
    """Made for one job.

    Args:
        plan: What runs.
        typical: Seconds that nodes took lately, by class.
    """

    def __init__(self, plan: Plan, typical: Mapping[str, float]) -> None:
        self._plan = plan
        self._typical = typical
        self._count = len(plan.nodes)

    def priority(self, node: CheckedNode) -> Priority:
        """Return the place of a node in its lane; the least goes first."""
        rank = self._ranks.get(node.id)
        if rank is None:
            # It stands for another one, which much may wait for.
            self._count += 1
            return 0.0, self._count
        ahead, apart = self._paths[node.id]
        return -(apart if node.definition.lane is Lane.ACCELERATOR else ahead), rank

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {key: rank for rank, key in enumerate(self._plan.nodes)}

    @cached_property
    def _paths(self) -> dict[str, tuple[float, float]]:
        """By node the seconds that follow it: all, and those that no accelerator is busy."""
        paths: dict[str, tuple[float, float]] = {}
        lazy_readers: dict[str, list[str]] = {}
        for key, found in self._plan.lazy.items():
            for source in found.values():
                lazy_readers.setdefault(source, []).append(key)
        for key in reversed([*self._plan.nodes]):
            ahead = apart = 0.0
            for reader in (*self._plan.readers[key], *lazy_readers.get(key, ())):
                definition = self._plan.nodes[reader].definition
                seconds = self._typical.get(definition.name, _UNKNOWN)
                after, beside = paths[reader]
                ahead = max(ahead, seconds + after)
                idle = 0.0 if definition.lane is Lane.ACCELERATOR else seconds
                apart = max(apart, idle + beside)
            paths[key] = ahead, apart
        return paths
