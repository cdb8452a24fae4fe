"""A run as a state machine without I/O: told what happened, it says what to do next.

Keys depend on the identities of what links bring, so a node is looked up in the cache once all its
sources are identified. What is found need not run; what is not found runs once the values of its
sources are there. A source whose identity is known and whose values are gone runs again only when a
node that runs reads it. Values are let go as soon as their last reader is done.

    WAITING → LOOKUP → HELD → KNOWN      (found with values; let go)
                     → KNOWN → LOOKUP    (found without; wanted after all)
                     → WANTED → RUNNING → HELD
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.plan import Plan


class Status(Enum):
    """Where a node is in a run."""

    WAITING = auto()  # some source is not identified yet
    LOOKUP = auto()  # the cache is to be asked
    KNOWN = auto()  # identified; its values are not at hand
    WANTED = auto()  # is to run once the values of its sources are there
    RUNNING = auto()
    HELD = auto()  # identified, and its values are at hand


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask the cache for this node; answer with `found` or `not_found`."""

    node_id: str


@dataclass(frozen=True, slots=True)
class Start:
    """Run this node; answer with `done` or `stop`."""

    node_id: str


@dataclass(frozen=True, slots=True)
class Release:
    """Nobody needs this node's values any more."""

    node_id: str


Action: TypeAlias = LookUp | Start | Release


class Run:
    """The state of one run of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._links = {
            key: [link.node for link in node.links.values()] for key, node in plan.nodes.items()
        }
        self._rank = {key: rank for rank, key in enumerate(plan.nodes)}
        self.status = dict.fromkeys(plan.nodes, Status.WAITING)
        # Links of each node whose source is not identified; whose source's values are missing.
        self._unidentified = {key: len(links) for key, links in self._links.items()}
        self._missing: dict[str, int] = {}
        # Readers of each node that are not done; being a target counts as one for ever.
        self._open = {key: len(readers) for key, readers in plan.readers.items()}
        for key in plan.targets:
            self._open[key] += 1
        self._identified: set[str] = set()
        self._releases: deque[str] = deque()
        self._lookups: deque[str] = deque()
        self._ready: list[tuple[int, str]] = []
        self._running: set[str] = set()
        self._stopped = False
        for key, count in self._unidentified.items():
            if not count:
                self._look_up(key)

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do and nothing is under way."""
        return not (self._releases or self._lookups or self._ready or self._running)

    def actions(self) -> Iterator[Action]:
        """Yield what to do next, as long as there is something that can be done now.

        Answers may be given between two actions.
        """
        while True:
            if self._releases:
                yield Release(self._releases.popleft())
            elif self._lookups:
                yield LookUp(self._lookups.popleft())
            elif self._ready:
                _, key = heapq.heappop(self._ready)
                self.status[key] = Status.RUNNING
                self._running.add(key)
                yield Start(key)
            else:
                return

    def found(self, key: str, *, with_values: bool) -> None:
        """The cache knows what the node made; with or without the values themselves."""
        again = key in self._identified
        wanted = again or (key in self._plan.targets)
        if not with_values and wanted:
            self.not_found(key)
            return
        self.status[key] = Status.HELD if with_values else Status.KNOWN
        if not again:
            self._finish_reading(key)
            self._identify(key)
        if with_values:
            self._offer(key)
            self._release_if_unread(key)

    def not_found(self, key: str) -> None:
        """The cache has nothing that helps: the node is to run."""
        self.status[key] = Status.WANTED
        sources = self._links[key]
        if key in self._identified:
            for source in sources:
                self._open[source] += 1
        absent = [source for source in sources if self.status[source] is not Status.HELD]
        self._missing[key] = len(absent)
        for source in absent:
            if self.status[source] is Status.KNOWN:
                self._look_up(source)
        if not absent:
            heapq.heappush(self._ready, (self._rank[key], key))

    def done(self, key: str) -> None:
        """The node ran, and its values are at hand."""
        self._running.discard(key)
        if self._stopped:
            return
        self.status[key] = Status.HELD
        self._finish_reading(key)
        if key not in self._identified:
            self._identify(key)
        self._offer(key)
        self._release_if_unread(key)

    def stop(self, key: str | None = None) -> None:
        """Start nothing any more: a node failed, or the job was cancelled."""
        if key is not None:
            self._running.discard(key)
        self._stopped = True
        self._releases.clear()
        self._lookups.clear()
        self._ready.clear()

    def _look_up(self, key: str) -> None:
        self.status[key] = Status.LOOKUP
        self._lookups.append(key)

    def _identify(self, key: str) -> None:
        """The identities of a node's outputs are known, so its readers' keys may be."""
        self._identified.add(key)
        for reader in self._plan.readers[key]:
            self._unidentified[reader] -= 1
            if not self._unidentified[reader]:
                self._look_up(reader)

    def _offer(self, key: str) -> None:
        """A node's values are there for the readers that want them."""
        for reader in self._plan.readers[key]:
            if self.status[reader] is Status.WANTED:
                self._missing[reader] -= 1
                if not self._missing[reader]:
                    heapq.heappush(self._ready, (self._rank[reader], reader))

    def _finish_reading(self, key: str) -> None:
        for source in self._links[key]:
            self._open[source] -= 1
            self._release_if_unread(source)

    def _release_if_unread(self, key: str) -> None:
        if not self._open[key] and self.status[key] is Status.HELD:
            self.status[key] = Status.KNOWN
            self._releases.append(key)
