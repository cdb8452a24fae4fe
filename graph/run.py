"""A run as a state machine without I/O: told what happened, it says what to do next.

Keys depend on the identities of what links bring, so a node is looked up in the cache once all its
sources are identified. What is found need not run; what is not found runs once the values of its
sources are there. A node whose identity is known and whose values are gone runs only when a node
that runs reads it, and so does whatever feeds it. Values that are stored somewhere slow are fetched
when a node that runs reads them, and not before. No node is looked up twice or runs twice: values
are let go only when no reader can want them any more.

    WAITING → LOOKUP → HELD → SETTLED             found with values
                     → KNOWN → SETTLED            found without, and nobody wants them
                     → KNOWN → WANTED → …         found without, and somebody does
                     → STORED → SETTLED           found in store, and nobody wants them
                     → STORED → FETCHING → HELD → SETTLED
                     → STORED → FETCHING → WANTED → …      the store has lost them
                     → WANTED → RUNNING → HELD → SETTLED
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
    KNOWN = auto()  # identified; its values are gone, and some reader may want them
    STORED = auto()  # identified; its values can be fetched if some reader wants them
    FETCHING = auto()
    WANTED = auto()  # is to run once the values of its sources are there
    RUNNING = auto()
    HELD = auto()  # identified, and its values are at hand
    SETTLED = auto()  # no reader will want its values any more


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask the cache for this node; answer with `found` or `not_found`."""

    node_id: str


@dataclass(frozen=True, slots=True)
class Fetch:
    """Get this node's values from the store; answer with `fetched` or `lost`."""

    node_id: str


@dataclass(frozen=True, slots=True)
class Start:
    """Run this node; answer with `done` or `stop`."""

    node_id: str


@dataclass(frozen=True, slots=True)
class Release:
    """Nobody needs this node's values any more."""

    node_id: str


@dataclass(frozen=True, slots=True)
class Skip:
    """Nobody needs this node's values, which are not at hand: it does not run."""

    node_id: str


Action: TypeAlias = LookUp | Fetch | Start | Release | Skip


class Run:
    """The state of one run of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._links = plan.sources
        self._rank = {key: rank for rank, key in enumerate(plan.nodes)}
        self.status = dict.fromkeys(plan.nodes, Status.WAITING)
        # Links of each node whose source is not identified; whose source's values are missing.
        self._unidentified = {key: len(links) for key, links in self._links.items()}
        self._missing: dict[str, int] = {}
        # Links from each node whose reader may still want its values; being asked for its values
        # counts as one for ever.
        self._open = {key: len(readers) for key, readers in plan.readers.items()}
        for key in plan.kept:
            self._open[key] += 1
        self._identified: set[str] = set()
        self._settled: deque[Release | Skip] = deque()
        # The last one first, so that what was just found is followed to its readers.
        self._lookups: list[str] = []
        self._fetches: deque[str] = deque()
        self._ready: list[tuple[int, str]] = []
        self._under_way: set[str] = set()
        self._stopped = False
        for key in reversed([*plan.nodes]):
            if not self._unidentified[key]:
                self._look_up(key)

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do and nothing is under way."""
        waiting = self._settled or self._lookups or self._fetches or self._ready
        return not (waiting or self._under_way)

    def actions(self) -> Iterator[Action]:
        """Yield what to do next, as long as there is something that can be done now.

        Answers may be given between two actions.
        """
        while True:
            if self._settled:
                yield self._settled.popleft()
            elif self._lookups:
                key = self._lookups.pop()
                self._under_way.add(key)
                yield LookUp(key)
            elif self._fetches:
                key = self._fetches.popleft()
                self._under_way.add(key)
                yield Fetch(key)
            elif self._ready:
                _, key = heapq.heappop(self._ready)
                self.status[key] = Status.RUNNING
                self._under_way.add(key)
                yield Start(key)
            else:
                return

    def found(self, key: str, *, with_values: bool, stored: bool = False) -> None:
        """The cache knows what the node made.

        Args:
            key: The node.
            with_values: Whether the values are at hand.
            stored: Whether they can be fetched if not.
        """
        if not self._answered(key):
            return
        absent = Status.STORED if stored else Status.KNOWN
        self.status[key] = Status.HELD if with_values else absent
        self._identify(key)
        if key in self._plan.kept and not with_values:
            if self._need(key):
                self._want(key)
        elif self._let_go(key) or with_values:
            self._close(key)

    def not_found(self, key: str) -> None:
        """The cache has nothing that helps: the node is to run."""
        if self._answered(key):
            self._want(key)

    def fetched(self, key: str) -> None:
        """The values were in the store, and are at hand."""
        if self._answered(key):
            self._hold(key)

    def lost(self, key: str) -> None:
        """The values were not in the store any more: the node is to run."""
        if self._answered(key):
            self._want(key)

    def done(self, key: str) -> None:
        """The node ran, and its values are at hand."""
        if self._answered(key):
            self._identify(key)
            self._hold(key)

    def _hold(self, key: str) -> None:
        """A node's values are at hand for those that wait for them; it will read no more."""
        self.status[key] = Status.HELD
        for reader in self._plan.readers[key]:
            if self.status[reader] is Status.WANTED:
                self._missing[reader] -= 1
                self._make_ready(reader)
        self._close(key)
        self._let_go(key)

    def stop(self, key: str | None = None) -> None:
        """Start nothing any more: a node failed, which is named, or the job was cancelled."""
        if key is not None:
            self._under_way.discard(key)
        self._stopped = True
        self._settled.clear()
        self._lookups.clear()
        self._fetches.clear()
        self._ready.clear()

    def _answered(self, key: str) -> bool:
        """Note that what was under way is done; answers whether that still matters."""
        self._under_way.discard(key)
        return not self._stopped

    def _look_up(self, key: str) -> None:
        self.status[key] = Status.LOOKUP
        self._lookups.append(key)

    def _identify(self, key: str) -> None:
        """The identities of a node's outputs are known, so its readers' keys may be."""
        if key in self._identified:
            return
        self._identified.add(key)
        for reader in reversed(self._plan.readers[key]):
            self._unidentified[reader] -= 1
            if not self._unidentified[reader]:
                self._look_up(reader)

    def _need(self, key: str) -> bool:
        """Have values fetched that are stored; answers whether the node must run to have them."""
        if self.status[key] is Status.STORED:
            self.status[key] = Status.FETCHING
            self._fetches.append(key)
            return False
        return self.status[key] is Status.KNOWN

    def _want(self, key: str) -> None:
        """Have a node run, and before it whatever must run to feed it."""
        self.status[key] = Status.WANTED
        todo = [key]
        while todo:
            key = todo.pop()
            absent = [at for at in self._links[key] if self.status[at] is not Status.HELD]
            self._missing[key] = len(absent)
            self._make_ready(key)
            for source in absent:
                if self._need(source):
                    self.status[source] = Status.WANTED
                    todo.append(source)

    def _make_ready(self, key: str) -> None:
        if not self._missing[key]:
            heapq.heappush(self._ready, (self._rank[key], key))

    def _close(self, key: str) -> None:
        """A node will read no more, and neither will those whose values only it could want."""
        todo = [key]
        while todo:
            for source in self._links[todo.pop()]:
                self._open[source] -= 1
                if self._let_go(source):
                    todo.append(source)

    def _let_go(self, key: str) -> bool:
        """Settle a node that no reader can want any more; answers whether it will never read."""
        status = self.status[key]
        held = status is Status.HELD
        if self._open[key] or not (held or status is Status.KNOWN or status is Status.STORED):
            return False
        self.status[key] = Status.SETTLED
        self._settled.append(Release(key) if held else Skip(key))
        return not held
